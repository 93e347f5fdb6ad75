package results

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// writeRows makes the folder of a run with many trials of 500 cells.
func writeRows(t testing.TB, trials int) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, aboutFile), []byte(`{"started":"2026-11-01T00:00:00Z"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, resultsFile))
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(file)
	enc := json.NewEncoder(w)
	for i := range trials {
		r := outcome.Result{
			Scenario: fmt.Sprintf("scenario-%d", i%100), Backend: fmt.Sprintf("backend-%d", i/100%5), Guard: "none", Discipline: "attentive", World: "virtual",
			Seed: uint64(i / 500), TTL: 10 * time.Second, Fingerprint: "4296e2c76bec7480",
		}
		for n, p := range append(check.Preconditions(), check.Properties()...) {
			f := check.Finding{Property: p, Verdict: check.Holds}
			if n >= len(check.Preconditions()) && i%3 == 0 {
				f.Verdict = check.Violated
			}
			r.Findings = append(r.Findings, f)
		}
		for _, m := range check.Measures() {
			r.Measures = append(r.Measures, check.Measured{Measure: m, Count: 3, Least: 0.25, Most: float64(i % 7)})
		}
		if err := enc.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What a Set keeps does not grow with the number of trials, and neither does the memory for reading
// it: a file of many pieces is never in memory as a whole.
func TestReadingTakesMemoryForCellsAndNotForTrials(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the same row a hundred thousand times")
	}
	dir := writeRows(t, 100_000)
	info, err := os.Stat(filepath.Join(dir, resultsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // whatever the environment says: garbage counts here
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most uint64
	s, err := Read(t.Context(), []string{dir}, func(int64, int64) {
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapAlloc)
	})
	if err != nil || s.Trials != 100_000 || len(s.Cells) != 500 || s.Cells[0].Trials != 200 {
		t.Fatalf("%v: %d trials in %d cells", err, s.Trials, len(s.Cells))
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > info.Size()/2 {
		t.Errorf("%d MB more in use while %d MB were read", grown>>20, info.Size()>>20)
	}
}

func BenchmarkRead(b *testing.B) {
	const trials = 50_000
	dir := writeRows(b, trials)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(b.Context(), []string{dir}, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(trials)*float64(b.N)/b.Elapsed().Seconds(), "trials/s")
}
