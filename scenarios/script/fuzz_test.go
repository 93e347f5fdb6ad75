package script

import (
	"os"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/sim"
)

// FuzzLoad checks that for any file, Load returns either a scenario that can be run or an error
// that points into the file, and that the schema for editors accepts whatever Load accepts.
func FuzzLoad(f *testing.F) {
	for _, file := range scriptFiles(f) {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, bad := range badScripts(f) {
		f.Add(bad.src)
	}
	f.Add([]byte(whole))
	f.Add([]byte(faults))
	f.Add([]byte("a: &a [*a, *a]\nb: &b [*a, *a]\n"))
	schema := compile(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := Load("fuzz.yaml", src, known())
		if err != nil {
			scripttest.CheckPlace(t, err, src)
			return
		}
		if err := validate(t, schema, src); err != nil {
			t.Errorf("the loader takes what the schema refuses: %v", err)
		}
		var b strings.Builder
		if err := Describe(&b, s); err != nil {
			t.Fatal(err)
		}
		for _, step := range s.Steps {
			do := step.Resolve(s.TTL).Do
			if do.For < 0 || do.For == 0 && (do.Kind == sim.Pause || do.Kind == sim.Suspend || do.Kind == sim.Hold) {
				t.Errorf("step %+v does nothing", step)
			}
			if do.Kind == sim.ClockFault && (do.Step == 0) == (do.Rate == 0) {
				t.Errorf("step %+v leaves the clock alone, or does two things to it", step)
			}
		}
		if cells, err := s.Cells(known().Registry); err != nil || len(cells) == 0 {
			t.Errorf("a scenario that loads has %d cells (%v)", len(cells), err)
		}
	})
}
