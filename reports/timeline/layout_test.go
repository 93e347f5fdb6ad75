package timeline

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/internal/beliefs"
	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/sim"
)

// TestLayoutSaysWhereThingsAre finds the marks of the account's writes in the SVG: upright
// strokes, at the x of their time, within the lane of the account.
func TestLayoutSaysWhereThingsAre(t *testing.T) {
	for _, which := range told {
		h, findings, title := picturetest.History(t, which.scenario, which.backend, which.guard)
		f, l, err := Draw(h, findings, title)
		if err != nil {
			t.Fatal(err)
		}
		svg := string(picturetest.SVG(t, f))
		if want := fmt.Sprintf(`viewBox="0 0 %g %g"`, l.Width, l.Height); !strings.Contains(svg, want) {
			t.Errorf("%s: the layout is of a figure with %s", which.scenario, want)
		}
		box := laneOf(t, l, "account")
		bottom := box.Bottom
		if len(beliefs.Remembered(h)) > 0 { // what the guard goes by is under the balance
			bottom -= (stripGap + memoryHeight).Points()
		}
		writes := 0
		for _, e := range h.Events {
			if e.Kind != sim.LedgerWrite {
				continue
			}
			writes++
			stroke := fmt.Sprintf("M%s %s", short(l.X(e.At)), short(bottom-barHeight.Points()))
			if !strings.Contains(svg, stroke) {
				t.Errorf("%s: the write at %v is not at %s", which.scenario, e.At, stroke)
			}
		}
		if writes == 0 {
			t.Errorf("%s has no write to look for", which.scenario)
		}
	}
}

// short writes a coordinate in the SVG's form.
func short(x float64) string {
	return strings.TrimPrefix(strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), "."), "0")
}

func laneOf(t *testing.T, l Layout, kind string) LaneBox {
	t.Helper()
	for _, box := range l.Lanes {
		if box.Kind == kind {
			return box
		}
	}
	t.Fatalf("no lane of kind %s", kind)
	return LaneBox{}
}

func TestLanesLieBelowEachOtherWithinTheFigure(t *testing.T) {
	for _, shape := range shapes {
		h, findings := shape.history()
		_, l, err := Draw(h, findings, "")
		if err != nil {
			t.Fatal(err)
		}
		y := l.Top
		for _, box := range l.Lanes {
			if box.Top < y || box.Bottom <= box.Top {
				t.Errorf("%s: lane %s lies from %g to %g, below %g", shape.name, box.Name, box.Top, box.Bottom, y)
			}
			y = box.Bottom
		}
		if y > l.Bottom || l.Bottom > l.Height || l.Left < 0 || l.Right <= l.Left || l.Right > l.Width {
			t.Errorf("%s: %+v", shape.name, l)
		}
		for at, want := range map[time.Duration]float64{l.From: l.Left, l.To: l.Right, l.From - 1: l.Left, l.To + 1: l.Right} {
			if got := l.X(at); got != want {
				t.Errorf("%s: %v lies at %g, want %g", shape.name, at, got, want)
			}
		}
	}
}

func TestLayoutNamesItsLanes(t *testing.T) {
	h, findings := gcPause("none")
	_, l, err := Draw(h, findings, "")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"host":"redis-1","name":"lock service","kind":"service",`, `{"host":"client-1","name":"pause client-1","kind":"fault",`,
		`{"host":"client-1","name":"client-1","kind":"client",`, `{"host":"ledger","name":"ledger","kind":"account",`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}
