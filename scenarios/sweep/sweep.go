// Package sweep runs one script while a number in it changes, and compares the share of trials in which
// a property is violated with the share that was derived on paper.
package sweep

import (
	"time"

	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Sweep is a script that runs many times while one number in it changes, together with the value,
// derived on paper, at which a property turns from holds to violated.
type Sweep struct {
	About
	File  string // where it was read from
	lines []scriptedLine
}

// About is everything besides the points that a chart or table of a sweep needs: the first row
// of a sweep in sweeps.jsonl.
type About struct {
	Name      string         `json:"name"`   // what the command line calls it: "pause"
	Title     string         `json:"title"`  // the finding in one sentence
	Text      string         `json:"text"`   // a paragraph: what is shown, and the derivation in words
	Claims    []string       `json:"claims"` // the claims of the debate that it tests
	Parameter Parameter      `json:"parameter"`
	Property  check.Property `json:"property"` // the property whose violations are counted
	TTL       time.Duration  `json:"ttl"`      // the lease, ns
	World     string         `json:"world"`
	Lines     []Line         `json:"lines"` // in the order of the file
}

// Total returns the number of points of the finished sweep.
func (a *About) Total() int { return len(a.Lines) * len(a.Parameter.Values) }

// placeholder marks the places in a sweep's script where the parameter goes.
const placeholder = "$x"

// Parameter is the number that changes during a sweep.
type Parameter struct {
	Name   string       `json:"name"` // what it is: "pause of client 1"
	Unit   amount.Unit  `json:"unit"`
	Values []float64    `json:"values"`          // in ascending order, at least two
	Of     []sim.HostID `json:"hosts,omitempty"` // with the unit hosts: the hosts of which the first x are taken
	// Within is how far from the derived place the property may turn, in the parameter's unit. The
	// derivation leaves out round trips, and nothing is measured between two values.
	Within float64 `json:"within"`
}

// amount returns what a value becomes in the script.
func (p Parameter) amount(x float64) amount.Value { return amount.Of(placeholder, x, p.Unit, p.Of) }

// Line is one line of the chart: a lock service under a guard.
type Line struct {
	Name       string  `json:"name"`    // what the chart calls it; unique within the sweep
	Backend    string  `json:"backend"` // a spec as backends.Spec writes it
	Guard      string  `json:"guard"`
	Discipline string  `json:"discipline"` // as Discipline.String writes it
	Derived    Derived `json:"derived"`    // the share of trials in which the property must be violated
	Condition  string  `json:"condition"`  // the same as a formula: "pause > TTL − think time"
	Because    string  `json:"because"`    // the derivation in one sentence
}

// Point is what was measured for one line at one value: a row of sweeps.jsonl.
type Point struct {
	Sweep     string          `json:"sweep"`
	Line      string          `json:"line"` // a Line's Name
	X         float64         `json:"x"`    // in the parameter's unit
	Trials    int             `json:"trials"`
	Violated  int             `json:"violated"`  // trials in which the property was violated
	Undecided int             `json:"undecided"` // trials that cannot tell; the rest held
	Least     float64         `json:"least"`     // the smallest share of violated trials that the derivation allows here
	Most      float64         `json:"most"`      // the largest
	Outcome   outcome.Outcome `json:"outcome"`
}

// Decided returns the number of trials that say whether the property held.
func (p Point) Decided() int { return p.Trials - p.Undecided }

// Result is a sweep and what has been measured so far.
type Result struct {
	About
	Points []Point // line by line, and within a line in the order of the values
}

// Outcome returns the outcome of the worst point.
func (r Result) Outcome() outcome.Outcome {
	worst := outcome.AsExpected
	for _, p := range r.Points {
		worst = max(worst, p.Outcome)
	}
	return worst
}

// Of returns the points of a line.
func (r Result) Of(line string) (out []Point) {
	for _, p := range r.Points {
		if p.Line == line {
			out = append(out, p)
		}
	}
	return out
}

// scriptedLine is a line and its script at each value.
type scriptedLine struct {
	Line
	scripts []*script.Scenario // one per value of the parameter
}
