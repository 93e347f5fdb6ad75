package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"testing"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/diagram"
	"github.com/locklab/locklab/reports/internal/page"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/historytest"
	"github.com/locklab/locklab/sim/trace"
)

// FuzzDraw checks that any history can be described, and drawn as pictures that a page can hold
// and that are not endless. This must also work with the findings of another history, as a row
// in results.jsonl may have.
func FuzzDraw(f *testing.F) {
	for _, seed := range historytest.Seeds() {
		f.Add(seed, int64(0))
		f.Add(seed, int64(7))
	}
	f.Fuzz(func(t *testing.T, src []byte, off int64) {
		h := historytest.Of(src)
		if h == nil {
			return
		}
		findings := check.All(trace.Read(h))
		for i := range findings {
			for j := range findings[i].Evidence {
				findings[i].Evidence[j] += off
			}
		}
		if err := errors.Join(terminal.Findings(io.Discard, h, findings), terminal.Transcript(io.Discard, h)); err != nil {
			t.Error(err)
		}
		figure, layout, err := timeline.Draw(h, findings, "A title")
		if err == nil {
			svg := picture(t, figure)
			kept := results.Kept{ID: "fuzz", Result: outcome.Result{Scenario: "fuzz", Backend: "redis", Guard: "none", Findings: findings}}
			if _, err := page.NewTrial(kept, h, svg, layout); err != nil {
				t.Errorf("the page: %v", err)
			}
		} else if len(h.Events) > 0 {
			t.Errorf("timeline: %v", err)
		}
		figure, err = diagram.Draw(h, findings, "A title")
		if err == nil {
			picture(t, figure)
		} else if len(h.Events) > 0 && len(h.Messages) > 0 {
			t.Errorf("diagram: %v", err)
		}
	})
}

// Bounds of a picture. A PNG of the largest height has 130 MB of pixels.
const (
	highest = 25_000  // points
	largest = 5 << 20 // bytes of SVG
)

var notNumber = regexp.MustCompile(`="[^"<]*\b(NaN|Inf)\b`)

// picture draws a figure and checks that its SVG is well-formed and its size within bounds.
func picture(t *testing.T, f *canvas.Figure) []byte {
	t.Helper()
	var svg bytes.Buffer
	if err := f.WriteSVG(&svg); err != nil {
		t.Fatal(err)
	}
	if !(0 < f.Width && 0 < f.Height && f.Width < highest && f.Height < highest) || svg.Len() > largest {
		t.Errorf("the picture is %v by %v points, and its SVG has %d bytes", f.Width, f.Height, svg.Len())
	}
	if found := notNumber.FindString(svg.String()); found != "" {
		t.Errorf("the SVG has %s", found)
	}
	for dec := xml.NewDecoder(bytes.NewReader(svg.Bytes())); ; {
		if _, err := dec.Token(); err == io.EOF {
			return svg.Bytes()
		} else if err != nil {
			t.Fatalf("the SVG is no XML: %v", err)
		}
	}
}
