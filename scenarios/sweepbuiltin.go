package scenarios

import "fmt"

// sweepNames lists the built-in sweeps in the best order to read them.
var sweepNames = []string{"pause", "check-to-write", "clock-jump", "jumped-nodes", "clock-rate", "drift-allowance", "replication-lag", "tilt"}

// SweepNames returns the names of the built-in sweeps in the best order to read them.
func SweepNames() []string { return append([]string(nil), sweepNames...) }

// FindSweep loads one built-in sweep. If there is none of this name, the error lists those that
// exist.
func FindSweep(name string, known Known) (*Sweep, error) {
	for _, each := range sweepNames {
		if each != name {
			continue
		}
		src, err := SweepSource(name)
		if err != nil {
			return nil, fmt.Errorf("load the built-in sweep %s: %w", name, err)
		}
		return LoadSweep("sweeps/"+name+".yaml", src, known, nil)
	}
	message := fmt.Sprintf("there is no sweep %s, expected %s", quoted(name), listed(sweepNames))
	if hint := didYouMean(name, sweepNames); hint != "" {
		message += "; " + hint
	}
	return nil, fmt.Errorf("%s", message)
}

// BuiltinSweeps loads all built-in sweeps, in the order of SweepNames.
func BuiltinSweeps(known Known) ([]*Sweep, error) {
	var all []*Sweep
	for _, name := range sweepNames {
		s, err := FindSweep(name, known)
		if err != nil {
			return nil, fmt.Errorf("load the built-in sweep %s: %w", name, err)
		}
		all = append(all, s)
	}
	return all, nil
}
