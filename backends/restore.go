package backends

import (
	"fmt"
	"strings"
)

// WithValues returns the settings with other values for some options, written as List writes them:
// "renew=off". Such a value does not count as Written. The error names an option that the backend
// does not have, or a value that it does not accept.
func (s Settings) WithValues(list []string) (Settings, error) {
	for _, text := range list {
		name, value, _ := strings.Cut(text, "=")
		found := false
		for i := range s.all {
			if s.all[i].option.Name != name {
				continue
			}
			chosen, err := s.all[i].option.parse(value)
			if err != nil {
				return Settings{}, err
			}
			chosen.written = s.all[i].written
			all := append([]setting(nil), s.all...) // other settings may share the array
			all[i] = chosen
			s.all, found = all, true
		}
		if !found {
			return Settings{}, fmt.Errorf("there is no option %q", name)
		}
	}
	return s, nil
}
