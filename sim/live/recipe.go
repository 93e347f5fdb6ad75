//go:build linux

package live

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
)

// recipe describes how a program is started, and started again after each crash.
type recipe struct {
	name          string
	path          string // of the program; without a slash it is searched for on the PATH
	argv          []string
	env           []string
	helper        bool
	needs         []string        // files and folders it reads, see Needs
	duty          json.RawMessage // what a duty is told; nil if the program is not a duty
	beforeStart   []func() error
	beforeRestart []func() error

	lives int   // how often it has been started
	proc  *Proc // the most recent one
}

// StartOption changes how Start starts a program.
type StartOption func(*recipe)

// WithEnv adds variables, "NAME=value", to the program's environment.
func WithEnv(variables ...string) StartOption {
	return func(r *recipe) { r.env = append(r.env, variables...) }
}

// Needs names files and folders that a program reads, besides those of the system and the folder
// the program is in. They become visible to it; for a file, its folder does.
func Needs(paths ...string) StartOption {
	return func(r *recipe) { r.needs = append(r.needs, paths...) }
}

// BeforeStart makes f run each time before the program is started, after the functions of
// BeforeRestart. If f fails, so does the start. f must not use the host's Agent.
func BeforeStart(f func() error) StartOption {
	return func(r *recipe) { r.beforeStart = append(r.beforeStart, f) }
}

// BeforeRestart makes f run after a crash of the host, when its processes are gone and before
// the program is started again, to remove what the disk had not synced. If f fails, so does the
// restart. f must not use the host's Agent.
func BeforeRestart(f func() error) StartOption {
	return func(r *recipe) { r.beforeRestart = append(r.beforeRestart, f) }
}

// launch starts a program for the first time and remembers how.
func (a *Agent) launch(r *recipe) (*Proc, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.relaunch(r)
	if err != nil {
		return nil, err
	}
	if !r.helper {
		a.recipes = append(a.recipes, r)
	}
	return p, nil
}

// relaunch starts a program, for the first time or again. The caller holds mu.
func (a *Agent) relaunch(r *recipe) (*Proc, error) {
	about := func(err error) error { return fmt.Errorf("start %s on host %s: %w", r.name, a.id, err) }
	switch {
	case a.closed:
		return nil, about(errLabClosed)
	case a.stops > 0 && !r.helper:
		return nil, about(errPaused)
	case a.down() && !r.helper:
		return nil, about(errDown)
	}
	for _, f := range r.beforeStart {
		if err := f(); err != nil {
			return nil, about(err)
		}
	}
	p := &Proc{name: r.name, host: a.id, helper: r.helper, cmd: exec.Command(r.path)}
	p.cmd.Args, p.cmd.Env = r.argv, r.env
	r.lives++
	start := a.startProgram
	if r.duty != nil {
		start = a.startTalking
	}
	if err := start(p, r); err != nil {
		return nil, about(err)
	}
	r.proc = p
	return p, nil
}

// forgetEnded forgets the programs and helpers that have ended, so that nothing left by an
// earlier trial is started again.
func (a *Agent) forgetEnded() {
	a.mu.Lock()
	defer a.mu.Unlock()
	var running []*recipe
	for _, r := range a.recipes {
		if !closed(r.proc.done) {
			running = append(running, r)
		}
	}
	a.recipes = running
	a.helpers = slices.DeleteFunc(a.helpers, func(p *Proc) bool { return closed(p.done) })
}
