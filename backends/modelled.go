package backends

import "fmt"

// Modelled is a backend that runs real code only, such as a library, and for which another
// backend stands in the virtual world: a model of what that code does.
type Modelled interface {
	Backend
	// Profile names the backend that stands for this one.
	Profile() string
}

// StandIn gives the spec of what stands for s in the virtual world: its profile, with the
// value of each option that both have under one name and of one kind. An option is named only
// if its value is not what the profile has of itself. A scenario's own options are not looked
// at: they go for the profile as for any other backend. It returns false when nothing stands
// for s, and an error when the registry has no such profile or the profile does not take a
// value.
func (r Registry) StandIn(s Spec) (Spec, bool, error) {
	m, ok := s.Backend.(Modelled)
	if !ok {
		return Spec{}, false, nil
	}
	profile, err := r.Find(m.Profile())
	if err != nil {
		return Spec{}, true, fmt.Errorf("find what stands for %s: %w", s.Backend.Name(), err)
	}
	s.defaults = nil
	out := Spec{Backend: profile}
	for _, own := range profile.Options() {
		for _, o := range s.Backend.Options() {
			if o.Name != own.Name || o.Kind != own.Kind || s.has(o.Name) == own.Default {
				continue
			}
			each, err := own.parse(s.has(o.Name))
			if err != nil {
				return Spec{}, true, fmt.Errorf("%s stands for %s: %w", profile.Name(), s, err)
			}
			out.set = append(out.set, each)
		}
	}
	return out, true, nil
}
