package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheCommandHandsTheLiveWorldOver asks for the live world in a way that only a program that has it
// finds wrong.
func TestTheCommandHandsTheLiveWorldOver(t *testing.T) {
	installed := buildCommand(t)
	small, err := os.ReadFile(installed)
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(t.TempDir(), "locklab")
	if err := os.WriteFile(alone, small, 0o755); err != nil {
		t.Fatal(err)
	}
	refused := func(command, want string) {
		t.Helper()
		c := exec.Command(command, "run", "--world", "live", "--guard", "nonsense")
		c.Dir = t.TempDir()
		out, _ := c.CombinedOutput()
		if text := string(out); c.ProcessState.ExitCode() != statusBadInput || !strings.Contains(text, want) || strings.Count(text, "\n") != 1 {
			t.Errorf("status %d, expected %d and one line with %q:\n%s", c.ProcessState.ExitCode(), statusBadInput, want, text)
		}
	}
	refused(installed, `there is no guard "nonsense"`)
	refused(alone, "there is none beside "+alone+": install it there with go install ")
	if err := os.WriteFile(alone+"-live", small, 0o755); err != nil {
		t.Fatal(err)
	}
	refused(alone, alone+"-live is github.com/locklab/locklab/cmd/locklab ")
	if err := os.WriteFile(alone+"-live", []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	refused(alone, alone+"-live is not the program expected there: ")
}

// TestTheSmallProgramIsSmall holds down what has to be built before the first verdict.
func TestTheSmallProgramIsSmall(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "../cmd/locklab").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, heavy := range []string{"modernc.org/sqlite", "google.golang.org/grpc", "google.golang.org/protobuf/proto", "go.etcd.io/etcd/client/v3", "github.com/redis/go-redis/v9", "net/http"} {
		if strings.Contains(string(out), "\n"+heavy+"\n") {
			t.Errorf("cmd/locklab links %s, which only the live world needs: see go list -deps", heavy)
		}
	}
}
