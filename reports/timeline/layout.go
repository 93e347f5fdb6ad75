package timeline

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// Layout says where things are in a timeline, so that a page can overlay a cursor and highlights.
// Lengths are in points from the top left corner of the figure, which are the user units of its
// SVG; times are true time in nanoseconds.
type Layout struct {
	Width  float64       `json:"width"`
	Height float64       `json:"height"`
	Left   float64       `json:"left"`   // x of From
	Right  float64       `json:"right"`  // x of To
	From   time.Duration `json:"from"`   // ns
	To     time.Duration `json:"to"`     // ns; later than the last event, whose label needs room
	Top    float64       `json:"top"`    // of the part in which time runs, including violations
	Bottom float64       `json:"bottom"` // where the axis begins
	Lanes  []LaneBox     `json:"lanes"`  // from top to bottom
}

// LaneBox is the position of one lane.
type LaneBox struct {
	// Host is the lane's host. A fault's lane has the affected host, if there is only one.
	Host   sim.HostID `json:"host,omitempty"`
	Name   string     `json:"name"` // as in the figure; a fault's as in the history
	Kind   string     `json:"kind"` // fault, service, client or account
	Top    float64    `json:"top"`
	Bottom float64    `json:"bottom"`
}

// X returns the position of a moment; moments outside of what is drawn are at its edge.
func (l Layout) X(at time.Duration) float64 {
	at = min(max(at, l.From), l.To)
	return l.Left + float64(float64(at-l.From)/float64(l.To-l.From)*(l.Right-l.Left))
}

var laneKinds = [...]string{faultLane: "fault", serviceLane: "service", clientLane: "client", ledgerLane: "account"}

func (p *sheet) layout() Layout {
	l := Layout{
		Width: pageWidth.Points(), Height: p.height.Points(),
		Left: p.left.Points(), Right: p.right.Points(), From: p.from, To: p.to,
		Top: p.top.Points(), Bottom: p.bottom.Points(), Lanes: []LaneBox{},
	}
	for i, lane := range p.lanes {
		r := p.rows[i]
		l.Lanes = append(l.Lanes, LaneBox{
			Host: lane.host, Name: lane.name, Kind: laneKinds[lane.kind],
			Top: r.top.Points(), Bottom: r.foot.Points(),
		})
	}
	return l
}
