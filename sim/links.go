package sim

import (
	"errors"
	"fmt"
	"slices"
)

// Link is the path from one host to another. The way back is a separate link.
type Link struct{ From, To HostID }

// Links lists the links that the fault is done to, each once. It returns an error if there are
// none, or if a host would be separated from itself.
func (f Fault) Links() ([]Link, error) {
	var links []Link
	add := func(from, to HostID) {
		if l := (Link{from, to}); from != to && !slices.Contains(links, l) {
			links = append(links, l)
		}
	}
	for i, one := range f.Groups {
		for _, other := range f.Groups[i+1:] {
			for _, a := range one {
				for _, b := range other {
					if a == b {
						return nil, fmt.Errorf("%s is in two groups", a)
					}
					add(a, b)
					add(b, a)
				}
			}
		}
	}
	for _, a := range f.From {
		for _, b := range f.To {
			add(a, b)
			if f.BothWays() {
				add(b, a)
			}
		}
	}
	if len(links) == 0 {
		return nil, errors.New("there is no link between these hosts")
	}
	return links, nil
}
