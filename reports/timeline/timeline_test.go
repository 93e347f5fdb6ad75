package timeline

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// shapes are the histories for which a timeline must be readable.
var shapes = []struct {
	name    string
	history func() (*sim.History, []check.Finding)
	says    []string // what must be in the picture
	silent  []string // what must not
}{
	{"gc-pause-none", func() (*sim.History, []check.Finding) { return gcPause("none") },
		[]string{"gc-pause · redis · guard none", "virtual world, seed 1, lease 10 s", "pause of 15 s, seen by a probe",
			"lease expired", "client-2: 100 − 10 = 90", "client-1: 100 − 10 = 90, from old v0", "balance 90 (v2); 80 would be right", "lost update", "overlap",
			"two clients believe they hold the lock: 2 s", "past its own deadline"}, []string{"refused (", "No acknowledged withdrawal was lost"}},
	{"gc-pause-fence-all", func() (*sim.History, []check.Finding) { return gcPause("fence-all") },
		[]string{"client-1 refused: a higher token was seen", "granted to client-1 (token 33)", "token 34", "overlap", "highest token seen: 34", "the guard saves the account"},
		[]string{"lost update", "(v2)", "would be right"}},
	{"no-fault-2x3", func() (*sim.History, []check.Finding) { return takingTurns("redis", 2, 3) },
		[]string{"Nothing was violated.", "client-2: 50 − 10 = 40", "granted to client-2"}, []string{"past its own deadline", "violation"}},
	{"no-fault-5", func() (*sim.History, []check.Finding) { return takingTurns("redis", 5, 1) },
		[]string{"client-5", "balance 50 (v5)"}, nil},
	{"no-lock", together, []string{"overlap valid", "lost update", "from old v0", "40 s", "80 would be right"}, []string{"lock service"}},
	{"renewing", renewing, []string{"lease renewed", "told: lock lost", "stops", "undecided, faults-happened"}, nil},
	{"silent", silent, []string{"This trial was not judged.", "did not happen", "granted nothing"}, nil},
	{"crowded", crowded, []string{"Too much to draw it all", "around the violation that is told above", "stale write"}, nil},
}

func TestTimelineShowsWhatHappened(t *testing.T) {
	for _, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			h, findings := shape.history()
			f, err := Timeline(h, findings, "")
			if err != nil {
				t.Fatal(err)
			}
			var svg bytes.Buffer
			if err := f.WriteSVG(&svg); err != nil {
				t.Fatal(err)
			}
			picturetest.Keep(t, shape.name, f)
			text := textOf(t, svg.Bytes())
			for _, want := range shape.says {
				if !strings.Contains(text, want) {
					t.Errorf("the picture does not say %q; it says:\n%s", want, text)
				}
			}
			for _, unwanted := range shape.silent {
				if strings.Contains(text, unwanted) {
					t.Errorf("the picture says %q; it says:\n%s", unwanted, text)
				}
			}
		})
	}
}

func TestPictureIsWideEnoughAndNotEmpty(t *testing.T) {
	h, findings := gcPause("none")
	f, err := Timeline(h, findings, "")
	if err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := f.WritePNG(&picture); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&picture)
	if err != nil {
		t.Fatal(err)
	}
	size := img.Bounds().Size()
	if size.X != 1200 {
		t.Errorf("the picture is %d pixels wide, want 1200", size.X)
	}
	seen := map[color.Color]bool{}
	for y := range size.Y {
		for x := range size.X {
			seen[color.NRGBAModel.Convert(img.At(x, y))] = true
		}
	}
	for name, c := range map[string]canvas.Colour{"client-1": canvas.ClientColour(0), "client-2": canvas.ClientColour(1), "the violation": canvas.Violation, "the ground": canvas.Ground} {
		if !seen[c.Light] {
			t.Errorf("the colour of %s is nowhere in the picture", name)
		}
	}
}

// textOf returns the text in an SVG, and fails if the SVG is not well-formed.
func textOf(t *testing.T, svg []byte) string {
	t.Helper()
	var lines []string
	for dec := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := dec.Token()
		if err == io.EOF {
			return strings.Join(lines, "\n")
		}
		if err != nil {
			t.Fatalf("the SVG is not well-formed: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "style" {
			if err := dec.Skip(); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if chars, ok := token.(xml.CharData); ok && strings.TrimSpace(string(chars)) != "" {
			lines = append(lines, string(chars))
		}
	}
}

func TestSameHistoryGivesSameBytes(t *testing.T) {
	for i, shape := range shapes {
		var first, second bytes.Buffer
		for _, into := range []*bytes.Buffer{&first, &second} {
			h, findings := shape.history()
			f, err := Timeline(h, findings, "")
			if err != nil {
				t.Fatal(err)
			}
			if err := f.WriteSVG(into); err != nil {
				t.Fatal(err)
			}
			if i == 0 { // bitmaps take time, and come from the same strokes
				if err := f.WritePNG(into); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: the same history gives two different pictures", shape.name)
		}
	}
}

func TestTimelineOfNothingIsAnError(t *testing.T) {
	for _, h := range []*sim.History{nil, {}} {
		if f, err := Timeline(h, nil, ""); err == nil {
			t.Errorf("got a picture of nothing: %v", f)
		}
	}
}

func TestTimelineReportsWhatItCannotWrite(t *testing.T) {
	h, findings := gcPause("none")
	f, err := Timeline(h, findings, "")
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	if err := f.WriteSVG(brokenWriter{full}); !errors.Is(err, full) {
		t.Errorf("SVG: got %v, want %v", err, full)
	}
	if err := f.WritePNG(brokenWriter{full}); !errors.Is(err, full) {
		t.Errorf("PNG: got %v, want %v", err, full)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestTheHeadlineNamesWhatWentWrongAndLeavesOutWhatWasNotPutToTheTest(t *testing.T) {
	for _, c := range []struct {
		findings []check.Finding
		want     string
	}{
		{[]check.Finding{{Property: check.Availability, Verdict: check.Violated, Why: "client-2 gave up"}}, "availability: client-2 gave up."},
		{[]check.Finding{{Property: check.ForeignRelease, Verdict: check.Undecided, Why: "nothing was freed"}}, "Nothing was violated."},
		{[]check.Finding{{Property: check.LostUpdate, Verdict: check.Undecided, Why: "nothing was written"}}, "undecided, lost update: nothing was written."},
		{[]check.Finding{
			{Property: check.Overlap, Verdict: check.Violated, Why: "two at once"},
			{Property: check.DuplicateEffect, Verdict: check.Violated, Why: "charged twice"},
		}, "duplicate effect: charged twice."},
	} {
		if got, _ := words.Verdict(&sim.History{}, c.findings); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
