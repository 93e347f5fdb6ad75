package scenarios

import (
	"embed"
	"fmt"
)

//go:embed scripts/*.yaml
var scripts embed.FS

// builtinNames lists the built-in scripts in the order in which they are best read.
var builtinNames = []string{"no-fault", "gc-pause", "pause-before-write", "pause-during-acquire", "charge-once", "charge-unmarked"}

// BuiltinNames lists the built-in scripts in the order in which they are best read.
func BuiltinNames() []string { return append([]string(nil), builtinNames...) }

// Source gives a built-in script as it was written. The error lists the names that exist.
func Source(name string) ([]byte, error) {
	for _, each := range builtinNames {
		if each == name {
			return scripts.ReadFile(path(name))
		}
	}
	message := fmt.Sprintf("there is no built-in scenario %s, expected %s, or the path of a file", quoted(name), listed(builtinNames))
	if hint := didYouMean(name, builtinNames); hint != "" {
		message += "; " + hint
	}
	return nil, fmt.Errorf("%s", message)
}

// Find loads one built-in script.
func Find(name string, known Known) (*Scenario, error) {
	src, err := Source(name)
	if err != nil {
		return nil, err
	}
	s, err := Load(path(name), src, known)
	if err != nil {
		return nil, err
	}
	s.builtin = true
	return s, nil
}

// Builtin loads all built-in scripts, in the order of BuiltinNames.
func Builtin(known Known) ([]*Scenario, error) {
	var all []*Scenario
	for _, name := range builtinNames {
		s, err := Find(name, known)
		if err != nil {
			return nil, fmt.Errorf("load the built-in scenario %s: %w", name, err)
		}
		all = append(all, s)
	}
	return all, nil
}

func path(name string) string { return "scripts/" + name + ".yaml" }
