package charts

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/internal/picturetest"
	margins "github.com/locklab/locklab/scenarios/margin"
	"github.com/locklab/locklab/scenarios/outcome"
)

// borne is a row in which each harm begins at a size; 0 stands for none.
func borne(fault, title, size string, overlap, damage, unserved float64) margins.Row {
	r := margins.Row{Fault: fault, Title: title, Size: size, Unit: "ttl", Step: 1.0 / 64}
	for i, with := range []float64{overlap, damage, unserved} {
		m := margins.Margin{Harm: margins.Harms()[i], Bound: margins.MostLeases}
		if with > 0 {
			without := with - r.Step
			m.With, m.Without = &with, &without
			m.Derived, m.Agreement = &margins.Derived{Least: with - 0.02, Most: with + 0.06}, margins.Agrees
		}
		r.Margins = append(r.Margins, m)
	}
	return r
}

// sheets are datasheets of three set-ups: a fault in leases that all of them have, one that one of them
// cannot have, and one that is not counted in leases.
func sheets() (all []margins.Sheet) {
	for i, backend := range []string{"redis", "redlock-redsync+nodes=3+renew", "zookeeper"} {
		s := margins.Sheet{Setup: margins.Setup{
			Backend: backend, Guard: "none", Discipline: "attentive", TTL: 5 * time.Second, Think: 4 * time.Second, Seeds: outcome.Seeds{First: 1, Last: 10},
		}}
		s.Rows = append(s.Rows, borne("paused", "The holder is paused between look & write", "how long", 0, []float64{0.2, 0.88, 0.89}[i], 0))
		ahead := borne("ahead", "One server's wall clock is ahead", "how far", []float64{0.2, 0, 0}[i], []float64{0.2, 0, 0}[i], []float64{0, 3.5, 4}[i])
		if i == 2 {
			ahead.Margins, ahead.Why = nil, "it has no such clock"
		}
		fast := borne("fast", "All servers' clocks are fast", "how fast", 25, 25, 0)
		fast.Unit = "percent"
		unknown := borne("split", "The network splits", "how long", 0, 0, 2)
		unknown.Margins[0].Unknown = true
		s.Rows = append(s.Rows, ahead, fast, unknown, margins.Row{Fault: "dead", Title: "The holder dies"})
		all = append(all, s)
	}
	return all
}

func TestChartOfMarginsIsTheSameEverywhere(t *testing.T) {
	picturetest.Compare(t, "margins", Margins(sheets()))
}

func TestChartOfMarginsSaysWhatItShows(t *testing.T) {
	svg := string(picturetest.SVG(t, Margins(sheets())))
	for _, says := range []string{
		"The holder is paused", "&amp;", "redlock-redsync+nodes=3+renew", "two holders", "money lost", "not served", ">∞<", "not applicable", ">?<",
		"lease 5 s, work 4 s", "10 trials of each size, 3 of those above 4 leases", "Not counted in leases, so not here: All servers",
	} {
		if !strings.Contains(svg, says) {
			t.Errorf("nowhere in the chart stands %q", says)
		}
	}
	if strings.Contains(svg, "The holder dies") {
		t.Error("a fault without a size has a margin")
	}
}

func TestThereIsNoChartOfNoMargins(t *testing.T) {
	if Margins(nil) != nil || Margins([]margins.Sheet{{Rows: []margins.Row{{Fault: "dead", Title: "The holder dies"}}}}) != nil {
		t.Error("a chart of nothing")
	}
}
