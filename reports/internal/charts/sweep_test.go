package charts

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/sweep"
)

// small is a sweep with one line that comes out as derived and one that does not.
func small() sweep.Result {
	r := sweep.Result{About: sweep.About{
		Name: "small", Title: "A pause & its price", Property: "lost-update", TTL: 10e9, World: "virtual",
		Parameter: sweep.Parameter{Name: "pause", Unit: "ttl", Values: []float64{-0.5, 0, 0.5, 1, 1.5}},
		Lines: []sweep.Line{
			{Name: "redis, guard none", Condition: "pause > 0.75", Because: "of the lease", Derived: sweep.Derived{{X: 0.75, P: 0}, {X: 0.75, P: 1}}},
			{Name: "redis, guard fence-all", Condition: "never", Because: "of the fence", Derived: sweep.Derived{{X: 0, P: 0}}},
		},
	}}
	for i, x := range r.Parameter.Values {
		for _, line := range r.Lines {
			p := sweep.Point{Sweep: r.Name, Line: line.Name, X: x, Trials: 20}
			switch {
			case line.Condition == "never" && x == 1:
				p.Violated, p.Outcome = 7, outcome.NotAsExpected
			case line.Condition != "never" && i > 2:
				p.Violated = 20
			}
			r.Points = append(r.Points, p)
		}
	}
	return r
}

func TestChartOfASweepIsTheSameEverywhere(t *testing.T) {
	picturetest.Compare(t, "sweep", Sweep(small()))
}

func TestChartOfASweepSaysWhatItShows(t *testing.T) {
	svg := string(picturetest.SVG(t, Sweep(small())))
	for _, says := range []string{
		"A pause &amp; its price", "violation of lost-update", "redis, guard none", "derived: pause &gt; 0.75", "derived: never, because of the fence",
		"pause (leases)", "−0.4", "100 %", "20 trials a point", "virtual world, lease 10 s", "A cross: not as derived (1 point).",
	} {
		if !strings.Contains(svg, says) {
			t.Errorf("nowhere in the chart stands %q", says)
		}
	}
	r := small()
	for i := range r.Points {
		r.Points[i].Outcome = outcome.AsExpected
	}
	if strings.Contains(string(picturetest.SVG(t, Sweep(r))), "cross") {
		t.Error("a sweep that came out as derived speaks of a cross")
	}
}

// A sweep that was interrupted, or whose trials are undecided, is drawn with what there is.
func TestChartOfHalfASweepIsDrawn(t *testing.T) {
	r := small()
	r.Points = r.Points[:3]
	r.Points[0].Undecided = r.Points[0].Trials
	var b bytes.Buffer
	f := Sweep(r)
	if err := f.WritePNG(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(&b); err != nil {
		t.Error(err)
	}
}

// marksOf counts the question marks that stand alone in a chart.
func marksOf(svg string) int { return strings.Count(svg, ">?</text>") }

func TestAPointThatIsUndecidedIsShownAndCounted(t *testing.T) {
	r := small()
	svg := string(picturetest.SVG(t, Sweep(r)))
	if marksOf(svg) != 0 || strings.Contains(svg, "undecided") {
		t.Error("a chart whose points are all decided speaks of undecided ones")
	}
	for i := range 2 {
		r.Points[i].Undecided, r.Points[i].Violated = r.Points[i].Trials, 0
	}
	r.Points[2].Undecided = 1 // the others are decided
	svg = string(picturetest.SVG(t, Sweep(r)))
	if got := marksOf(svg); got != 2 {
		t.Errorf("%d points have a question mark, want 2", got)
	}
	if !strings.Contains(svg, "(2 points undecided)") {
		t.Error("the caption does not say that 2 points are undecided")
	}
}

// The names and conditions of the built-in sweeps fit the paper.
func TestNothingOfABuiltinSweepIsCut(t *testing.T) {
	all, err := sweep.Builtin(script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if strings.Contains(string(picturetest.SVG(t, Sweep(sweep.Result{About: s.About}))), "…") {
			t.Errorf("something in the chart of sweep %s is cut short", s.Name)
		}
	}
}
