// Package picturetest helps tests of pictures: it runs real trials to draw, and compares
// drawings with the pictures in testdata. Only tests import it.
package picturetest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

var (
	update   = flag.Bool("update", false, "write the pictures in testdata anew")
	pictures = flag.String("pictures", "", "folder to write the pictures of the tests to, to look at")
)

// Trial returns a trial of a built-in scenario in the virtual world, with seed 1.
func Trial(t testing.TB, scenario, backend, guard string) trial.Trial {
	t.Helper()
	s, err := scenarios.Find(scenario, script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	trials, err := trial.Selection{
		Backends: []string{backend}, Guards: []string{guard},
		World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1},
	}.Trials([]*script.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	return trials[0]
}

// History runs such a trial, records its messages and judges it. It returns what a picture is
// drawn from, including the title of the scenario.
func History(t testing.TB, scenario, backend, guard string) (h *sim.History, findings []check.Finding, title string) {
	t.Helper()
	trial := Trial(t, scenario, backend, guard)
	h, err := trial.SimulateRecorded(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h, check.All(trace.Read(h)), trial.Scenario.Title
}

// SVG returns the picture as SVG.
func SVG(t testing.TB, f *canvas.Figure) []byte {
	t.Helper()
	var svg bytes.Buffer
	if err := f.WriteSVG(&svg); err != nil {
		t.Fatal(err)
	}
	return svg.Bytes()
}

// Keep writes a picture to the folder that -pictures names, for a person to look at. Without
// that flag it does nothing.
func Keep(t testing.TB, name string, f *canvas.Figure) {
	t.Helper()
	if *pictures == "" {
		return
	}
	if err := f.SavePNG(filepath.Join(*pictures, name+".png")); err != nil {
		t.Fatal(err)
	}
}

// Compare compares a picture with testdata/NAME.svg, byte by byte. With -update it writes that
// file first.
func Compare(t testing.TB, name string, f *canvas.Figure) {
	t.Helper()
	got, file := SVG(t, f), filepath.Join("testdata", name+".svg")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run the test with -update to write it", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the picture is not that in %s; look at it, and run the test with -update if it is right\n%s", file, firstDifference(got, want))
	}
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one goes on after the end of the other"
}
