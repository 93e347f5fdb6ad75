package sweep

import (
	"fmt"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
)

// sweepNames lists the built-in sweeps in the best order to read them.
var sweepNames = []string{"pause", "check-to-write", "clock-jump", "jumped-nodes", "clock-rate", "drift-allowance", "replication-lag", "tilt"}

// Names returns the names of the built-in sweeps in the best order to read them.
func Names() []string { return append([]string(nil), sweepNames...) }

// Find loads one built-in sweep. If there is none of this name, the error lists those that
// exist.
func Find(name string, known script.Known) (*Sweep, error) {
	for _, each := range sweepNames {
		if each != name {
			continue
		}
		src, err := scenarios.SweepSource(name)
		if err != nil {
			return nil, fmt.Errorf("load the built-in sweep %s: %w", name, err)
		}
		return Load("sweeps/"+name+".yaml", src, known, nil)
	}
	message := fmt.Sprintf("there is no sweep %s, expected %s", strict.Quoted(name), strict.Listed(sweepNames))
	if hint := strict.DidYouMean(name, sweepNames); hint != "" {
		message += "; " + hint
	}
	return nil, fmt.Errorf("%s", message)
}

// Builtin loads all built-in sweeps, in the order of Names.
func Builtin(known script.Known) ([]*Sweep, error) {
	var all []*Sweep
	for _, name := range sweepNames {
		s, err := Find(name, known)
		if err != nil {
			return nil, fmt.Errorf("load the built-in sweep %s: %w", name, err)
		}
		all = append(all, s)
	}
	return all, nil
}
