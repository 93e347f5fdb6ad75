package backends

import "fmt"

// Modelled is a backend that only runs real code, such as a library. In the virtual world another
// backend, a model of what that code does, stands in for it.
type Modelled interface {
	Backend
	// Profile names the backend that stands in for this one.
	Profile() string
}

// StandIn returns the spec of the profile that stands in for s in the virtual world. Options that
// both have, with the same name and kind, keep their values; an option is named only if its value
// differs from the profile's default. Options set by a scenario are not considered: they apply to
// the profile as to any other backend. StandIn returns false if nothing stands in for s, and an
// error if the registry has no such profile or the profile does not accept a value.
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
