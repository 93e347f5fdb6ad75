package lab

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/locklab/locklab/lab/internal/liveworld"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/plaintext"
)

// A folder of results may come from somebody else. It must not choose which programs run here,
// which servers are reached, or which files elsewhere are read: if it names any of these, the user
// has to give them as flags.

// ownServers takes the servers of a live trial from the flags. Each flag in the trial's row has to
// be given here as well, whatever its value.
func (o *replayOptions) ownServers(r outcome.Result) (liveworld.Attached, error) {
	given := append(liveworld.AttachArguments(o.attach), o.servers.Arguments()...)
	if r.World != sim.LiveWorld {
		if len(given) > 0 {
			return liveworld.Attached{}, fmt.Errorf("%s is for live trials, and %s was run in the %s world", given[0], r.ID(), r.World)
		}
		return liveworld.Attached{}, nil
	}
	named, err := namedServers(r)
	if err != nil {
		return liveworld.Attached{}, err
	}
	for _, flag := range named {
		if !slices.Contains(given, flag) {
			return liveworld.Attached{}, o.ask(r)
		}
	}
	if err := o.servers.Apply(); err != nil {
		return liveworld.Attached{}, err
	}
	return liveworld.ParseAttach(o.attach, r.World)
}

// namedServers lists the flags in the arguments of a row, each of which must have a value.
func namedServers(r outcome.Result) (flags []string, err error) {
	known := liveworld.AttachArguments([]string{"any"})
	for _, f := range services.Registry().ServerFlags() {
		known = append(known, "--"+f.Name, "any")
	}
	for i := 0; i < len(r.Arguments); i += 2 {
		flag := r.Arguments[i]
		if at := slices.Index(known, flag); at < 0 || at%2 != 0 || i+1 == len(r.Arguments) {
			return nil, fmt.Errorf("the row of %s has the arguments %q, expected flags that name its servers, each with a value; `locklab run` did not write this row", r.ID(), r.Arguments)
		}
		flags = append(flags, flag)
	}
	return flags, nil
}

// ask returns an error that says what the row names but cannot choose, and how the user can choose
// it.
func (o *replayOptions) ask(r outcome.Result) error {
	words := []string{"locklab", "replay", r.ID(), "--from", o.from}
	if o.script != "" {
		words = append(words, "--script", o.script)
	}
	return fmt.Errorf("%s was run with %s, but a results folder may not choose what is started or reached here; to allow it, run: %s",
		r.ID(), plaintext.Shell(r.Arguments...), plaintext.Shell(append(words, r.Arguments...)...))
}

// otherServers returns the remark that the trial had other servers then; empty if it had the same.
func (o *replayOptions) otherServers(r outcome.Result) string {
	given := append(liveworld.AttachArguments(o.attach), o.servers.Arguments()...)
	if r.World != sim.LiveWorld || slices.Equal(given, r.Arguments) {
		return ""
	}
	what := func(arguments []string) string {
		if len(arguments) == 0 {
			return "the servers found"
		}
		return plaintext.Shell(arguments...)
	}
	return fmt.Sprintf("The trial ran with %s then and with %s now.", what(r.Arguments), what(given))
}

// loadScript loads the script of a trial: a built-in one, or the file given by --script, or the
// file that the run used if that is in the current folder or below it.
func (o *replayOptions) loadScript(r outcome.Result, card *outcome.Card) (*script.Scenario, error) {
	name := r.Scenario
	switch {
	case o.script != "":
		name = o.script
	case card.File != "" && !filepath.IsLocal(card.File):
		return nil, fmt.Errorf("the script of %s was the file %q, but a results folder may not choose files outside the current folder; to use this one, add --script %s",
			r.ID(), card.File, plaintext.Shell(card.File))
	case card.File != "":
		name = card.File
	}
	if name != r.Scenario && !strings.ContainsAny(name, "./\\") {
		name = "./" + name
	}
	all, err := load([]string{name})
	if err != nil {
		return nil, err
	}
	if all[0].Name != r.Scenario {
		return nil, fmt.Errorf("%s is the scenario %s, expected %s", name, all[0].Name, r.Scenario)
	}
	return all[0], nil
}
