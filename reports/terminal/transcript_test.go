package terminal

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/locklab/locklab/scenarios"
)

// One transcript of every scenario with every lock service, as it happens with seed 1
// under the scenario's first guard and discipline. A change of an algorithm, of a model or of the kernel
// shows here as a difference in a story that can be read.
func TestTranscripts(t *testing.T) {
	all, err := scenarios.Builtin(scenarios.Everything())
	if err != nil {
		t.Fatal(err)
	}
	trials, err := scenarios.Selection{World: scenarios.VirtualWorld, Seeds: scenarios.Seeds{First: 1, Last: 1}}.Trials(all)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, trial := range trials {
		name := trial.Scenario.Name + "." + trial.Backend.String()
		if told[name] {
			continue // another guard or discipline of the same
		}
		told[name] = true
		t.Run(name, func(t *testing.T) {
			h, err := trial.Simulate(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := Transcript(&b, h); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", "transcripts", name+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v; run the test with -update to write it", err)
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Errorf("%s tells another story now; look at the difference after running the test with -update", path)
			}
		})
	}
}
