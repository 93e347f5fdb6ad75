package timeline

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// endless is a history of some 100,000 events, with one violation late in it.
func endless() (*sim.History, []check.Finding) {
	h, _ := takingTurns("redis", 3, 3050)
	return h, []check.Finding{{Property: check.StaleWrite, Verdict: check.Violated, Why: "an example",
		Evidence: []int64{seqOf(h, "ledger", sim.LedgerWrite, 9000)}}}
}

func TestAHistoryOf100000EventsIsCutDownAndSaysSo(t *testing.T) {
	h, findings := endless()
	if len(h.Events) < 100_000 {
		t.Fatalf("only %d events", len(h.Events))
	}
	began := time.Now()
	f, l, err := Draw(h, findings, "")
	if err != nil {
		t.Fatal(err)
	}
	svg := picturetest.SVG(t, f)
	if took := time.Since(began); took > 20*time.Second { // a hundred times what it takes
		t.Errorf("to draw it took %v", took)
	}
	if text := textOf(t, svg); !strings.Contains(text, "Too much to draw it all: the part around the violation that is told above is shown") {
		t.Errorf("the picture does not say that it leaves something out; it says:\n%s", text)
	}
	if n := len(svg); n > 200_000 {
		t.Errorf("the picture has %d bytes", n)
	}
	if at := h.Events[findings[0].Evidence[0]-1].At; at < l.From || at > l.To {
		t.Errorf("the violation at %v is not in the picture, %v to %v", at, l.From, l.To)
	}
}

// BenchmarkTimelineOf100000Events draws them; BenchmarkTimeline draws an ordinary trial.
func BenchmarkTimelineOf100000Events(b *testing.B) {
	h, findings := endless()
	for b.Loop() {
		drawSVG(b, h, findings)
	}
}

func BenchmarkTimeline(b *testing.B) {
	h, findings := gcPause("none")
	for b.Loop() {
		drawSVG(b, h, findings)
	}
}

func drawSVG(b *testing.B, h *sim.History, findings []check.Finding) {
	b.Helper()
	f, err := Timeline(h, findings, "")
	if err != nil {
		b.Fatal(err)
	}
	var svg bytes.Buffer
	if err := f.WriteSVG(&svg); err != nil {
		b.Fatal(err)
	}
}
