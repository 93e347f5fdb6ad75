package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// workflow is what the tests need of a GitHub Actions workflow.
type workflow struct {
	Jobs map[string]struct {
		Needs    string
		Strategy struct {
			Matrix struct{ Shard []int }
		}
		Steps []struct {
			Uses, Run string
			With      map[string]any
		}
	}
}

// The steps of the workflow, run for each shard of its matrix and then for the report, leave the run
// that these are shards of. Artifacts are copied as their actions do.
func TestTheWorkflowLeavesTheShardsOfARun(t *testing.T) {
	text, err := os.ReadFile("../deploy/ci-matrix.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var w workflow
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	dir, seeds := t.TempDir(), "3"
	artifacts := filepath.Join(dir, "artifacts")
	machine := func(job, shard string) string {
		here := filepath.Join(dir, job+shard)
		if err := os.MkdirAll(here, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, step := range w.Jobs[job].Steps {
			run := strings.ReplaceAll(step.Run, "${{ matrix.shard }}", shard)
			switch {
			case strings.HasPrefix(step.Uses, "actions/upload-artifact@") && shard != "":
				name := strings.ReplaceAll(step.With["name"].(string), "${{ matrix.shard }}", shard)
				shell(t, here, seeds, fmt.Sprintf("mkdir -p %[1]s/%[2]s && cp -r %[3]s %[1]s/%[2]s", artifacts, name, step.With["path"]))
			case strings.HasPrefix(step.Uses, "actions/download-artifact@"):
				shell(t, here, seeds, fmt.Sprintf("mkdir %[2]s && cp -r %[1]s/%[3]s %[2]s", artifacts, step.With["path"], step.With["pattern"]))
			case strings.HasPrefix(run, "go build -o locklab "):
				if err := os.Symlink(buildCommand(t), filepath.Join(here, "locklab")); err != nil {
					t.Fatal(err)
				}
			case run != "":
				shell(t, here, seeds, run)
			}
		}
		return here
	}
	of := w.Jobs["shard"].Strategy.Matrix.Shard
	for _, shard := range of {
		machine("shard", fmt.Sprint(shard))
	}
	report := machine("report", "")
	if needs := w.Jobs["report"].Needs; needs != "shard" || !strings.Contains(string(text), fmt.Sprintf("}}/%d ", len(of))) {
		t.Errorf("the report needs %q; there are %d shards", needs, len(of))
	}
	wholeOf(t, dir, string(text), seeds)
	sameRun(t, filepath.Join(dir, "out/latest"), filepath.Join(report, "merged"))
}

// shell runs a step of a workflow.
func shell(t *testing.T, dir, seeds, script string) {
	t.Helper()
	c := exec.Command("sh", "-ec", script)
	c.Dir = dir
	c.Env = append(os.Environ(), "SEEDS="+seeds)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// likeParallel does what the script needs of GNU parallel, one job after the other, where that is not
// installed.
const likeParallel = `#!/bin/sh
[ "$1" = --quote ] || exit 255
shift
exec xargs -I{} "$@"
`

func TestTheScriptForParallelLeavesTheShardsOfARun(t *testing.T) {
	dir := t.TempDir()
	script, err := filepath.Abs("../deploy/parallel.sh")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Dir(buildCommand(t)) + ":" + os.Getenv("PATH")
	if _, err := exec.LookPath("parallel"); err != nil {
		bin := t.TempDir()
		if err := os.WriteFile(filepath.Join(bin, "parallel"), []byte(likeParallel), 0o755); err != nil {
			t.Fatal(err)
		}
		path = bin + ":" + path
	}
	run := []string{"gc-pause", "--backend", "redis,redis+renew", "--discipline", "late=0.5ttl", "--seeds", "5"}
	c := exec.Command(script, append([]string{"out of several", "4"}, run...)...)
	c.Dir, c.Env = dir, append(os.Environ(), "PATH="+path)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if status, _, said := command(t, dir, append([]string{"run"}, run...)...); status != statusAsExpected {
		t.Fatalf("the whole run ends with status %d and says\n%s", status, said)
	}
	sameRun(t, filepath.Join(dir, "out/latest"), filepath.Join(dir, "out of several/merged"))
}
