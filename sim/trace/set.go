package trace

import "github.com/locklab/locklab/sim"

// Set is what clients added to a set that the lock service keeps, and what it contained when the
// trial was over.
type Set struct {
	Acknowledged []*sim.Event // each element once, in the order in which clients were told
	Read         *sim.Event   // nil if it could not be read

	has map[string]bool
}

// Has reports whether an element, named by its operation, was in the set when it was read.
func (s *Set) Has(op string) bool { return s.has[op] }

// Lost lists the acknowledgements of elements that were missing when the set was read.
func (s *Set) Lost() (out []*sim.Event) {
	if s.Read == nil {
		return nil
	}
	for _, e := range s.Acknowledged {
		if !s.has[e.Op] {
			out = append(out, e)
		}
	}
	return out
}

// readSet reads the set. It returns nil if there is none in the history.
func readSet(h *sim.History) *Set {
	s := &Set{has: map[string]bool{}}
	told := map[string]bool{}
	added := false
	for i := range h.Events {
		e := &h.Events[i]
		switch e.Kind {
		case sim.Add:
			added = true
		case sim.Added:
			if added = true; !told[e.Op] {
				told[e.Op] = true
				s.Acknowledged = append(s.Acknowledged, e)
			}
		case sim.InSet:
			s.has[e.Op] = true
		case sim.SetRead:
			s.Read = e
		}
	}
	if !added && s.Read == nil {
		return nil
	}
	return s
}
