package lab

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
)

// load returns the scenarios with these names or files, or all built-in ones if there are no names.
// A name with a dot or a slash is taken for a file.
func load(names []string) ([]*script.Scenario, error) {
	known := script.Everything()
	if len(names) == 0 {
		return scenarios.Builtin(known)
	}
	var out []*script.Scenario
	for _, name := range names {
		some, err := loadNamed(name, known)
		if err != nil {
			return nil, err
		}
		for _, s := range some {
			if slices.ContainsFunc(out, func(other *script.Scenario) bool { return other.Name == s.Name }) {
				return nil, fmt.Errorf("%s: a scenario %s is already among those named; name it once, or give yours another name", name, s.Name)
			}
		}
		out = append(out, some...)
	}
	return out, nil
}

// loadNamed returns the scenario with this name or file, or those of the battery.
func loadNamed(name string, known script.Known) ([]*script.Scenario, error) {
	if name == scenarios.BatteryName {
		return scenarios.Battery(known)
	}
	s, err := loadOne(name, known)
	return []*script.Scenario{s}, err
}

// without leaves out the scenarios with these names, each of which must be among them.
func without(all []*script.Scenario, names []string) ([]*script.Scenario, error) {
	for _, name := range names {
		at := slices.IndexFunc(all, func(s *script.Scenario) bool { return s.Name == name })
		if _, err := scenarios.Source(name); at < 0 && err != nil {
			return nil, fmt.Errorf("--except: %w", err)
		}
		if at < 0 {
			return nil, fmt.Errorf("--except: %s is not among the scenarios to run; leave it out of --except", name)
		}
		if len(all) == 1 {
			return nil, errors.New("--except leaves no scenario to run; name fewer")
		}
		all = slices.Delete(all, at, at+1)
	}
	return all, nil
}

func loadOne(name string, known script.Known) (*script.Scenario, error) {
	if !strings.ContainsAny(name, "./\\") {
		return scenarios.Find(name, known)
	}
	src, err := files.Read(name, strict.MaxFile)
	if err != nil {
		return nil, fmt.Errorf("read the scenario: %w", err)
	}
	return script.Load(name, src, known)
}
