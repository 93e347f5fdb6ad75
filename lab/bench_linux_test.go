package lab

import (
	"io"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/locklab/locklab/reports"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/claims"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/scenarios/trial"
)

// BenchmarkRun is locklab run of everything, with one seed of each trial, as a process of its own.
func BenchmarkRun(b *testing.B) {
	command := filepath.Join(b.TempDir(), "locklab")
	if out, err := exec.Command("go", "build", "-o", command, "../cmd/locklab").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var processor, peak float64
	b.ResetTimer()
	for range b.N {
		run := exec.Command(command, "run", "--seeds", "1", "--out", b.TempDir())
		if err := run.Run(); err != nil {
			b.Fatal(err)
		}
		processor += (run.ProcessState.UserTime() + run.ProcessState.SystemTime()).Seconds()
		if usage, ok := run.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, float64(usage.Maxrss)/1024) // in kB, on Linux
		}
	}
	b.ReportMetric(processor/float64(b.N), "cpu-s/op")
	b.ReportMetric(peak, "peak-MB")
}

// BenchmarkStage is what a run of everything does besides its trials, stage by stage, with one seed of
// each trial. Of the trials themselves see BenchmarkEveryCell in scenarios/trial.
func BenchmarkStage(b *testing.B) {
	out := b.TempDir()
	if status := runUnder(b.Context(), []string{"run", "--seeds", "1", "--out", out}, io.Discard, io.Discard); status != statusAsExpected {
		b.Fatalf("status %d", status)
	}
	set, err := results.Read(b.Context(), []string{filepath.Join(out, "latest")}, nil)
	if err != nil {
		b.Fatal(err)
	}
	known := script.Everything()
	sweeps, err := sweep.Builtin(known)
	if err != nil {
		b.Fatal(err)
	}
	sources, err := claims.Builtin(known)
	if err != nil {
		b.Fatal(err)
	}
	one := outcome.Seeds{First: 1, Last: 1}
	stages := []struct {
		name string
		do   func() error
	}{
		{"load", func() error { _, err := load(nil); return err }},
		{"sweeps", func() error {
			_, err := reports.RunSweeps(b.Context(), sweeps, one, trial.Shard{}, 1, b.TempDir(), func(sweep.Point) {})
			return err
		}},
		{"claims", func() error { _, _, err := claims.Weigh(b.Context(), sources, one, 1); return err }},
		{"read", func() error {
			_, err := results.Read(b.Context(), []string{filepath.Join(out, "latest")}, nil)
			return err
		}},
		{"timelines", func() error {
			_, err := reports.Timelines(b.Context(), set.Kept, b.TempDir(), func(string) {})
			return err
		}},
		{"charts", func() error { _, err := reports.Charts(b.Context(), set, b.TempDir()); return err }},
		{"charts-and-page", func() error { return reports.Render(b.Context(), set, b.TempDir(), func(string) {}) }},
	}
	for _, stage := range stages {
		b.Run(stage.name, func(b *testing.B) {
			for range b.N {
				if err := stage.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
