package liveworld

import (
	"bytes"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/locklab/locklab/scenarios/services"
)

// The command locklab leaves the client libraries of real servers to a program of its own, because
// they take twice as long to build as everything else.
const (
	smallPath = "github.com/locklab/locklab/cmd/locklab"
	wholePath = smallPath + "-live"
)

// HandOver makes sure that this program can run lock services on real servers. The command locklab
// cannot: it becomes locklab-live, with the same arguments, so HandOver returns only if there is no
// need for that, or no way.
func HandOver() error {
	if services.HaveRealServers() {
		return nil
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path != smallPath {
		return errors.New(`this program was built without the live world: in its package main, import _ "github.com/locklab/locklab/scenarios/services/live"`)
	}
	path, err := findWhole(info.Main.Version)
	if err != nil {
		return err
	}
	return fmt.Errorf("run %s, which has the live world: %w", path, syscall.Exec(path, os.Args, os.Environ()))
}

// findWhole returns the path of locklab-live: beside this program, where an installation puts it, or
// built from the clone that this program comes from.
func findWhole(version string) (path string, err error) {
	own, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	name := filepath.Base(wholePath)
	beside := filepath.Join(filepath.Dir(own), name)
	if _, err := os.Stat(beside); err == nil {
		return beside, sameVersion(beside, version)
	}
	if inClone() {
		return buildWhole()
	}
	return "", fmt.Errorf("the live world is in a program of its own, %s, and there is none beside %s: install it there with go install %s@VERSION, or run this in locklab's clone", name, own, wholePath)
}

// sameVersion refuses a program that is not locklab-live of this version.
func sameVersion(path, version string) error {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s is not the program expected there: %w", path, err)
	}
	if info.Path != wholePath || info.Main.Version != version {
		return fmt.Errorf("%s is %s %s, expected %s %s: build both programs from the same version", path, info.Path, info.Main.Version, wholePath, version)
	}
	return nil
}

// inClone reports whether the working directory is in the clone that this program was built from. Only
// there does a command that runs scenarios build anything.
func inClone() bool {
	_, source, _, _ := runtime.Caller(0) // CLONE/lab/internal/liveworld/handover_linux.go
	clone, err := filepath.EvalSymlinks(filepath.Join(filepath.Dir(source), "../../.."))
	if err != nil || !filepath.IsAbs(source) {
		return false
	}
	here, err := os.Getwd()
	if err == nil {
		here, err = filepath.EvalSymlinks(here)
	}
	if err != nil {
		return false
	}
	below, err := filepath.Rel(clone, here)
	return err == nil && filepath.IsLocal(below)
}

// buildWhole has the go command build locklab-live, one of the module's tools, and keep it in its cache.
// It says so if that takes a while.
func buildWhole() (path string, err error) {
	build := exec.Command("go", "tool", "-n", wholePath)
	var complaint bytes.Buffer
	build.Stderr = &complaint
	notice := time.AfterFunc(time.Second, func() {
		fmt.Fprintln(os.Stderr, "building the live world, which takes a minute or two the first time")
	})
	defer notice.Stop()
	out, err := build.Output()
	if err != nil {
		return "", fmt.Errorf("build %s, which has the live world: %w\n%s", wholePath, err, strings.TrimSpace(complaint.String()))
	}
	return strings.TrimSpace(string(out)), nil
}
