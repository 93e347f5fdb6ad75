package scenarios

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/backends/lib"
)

// registered are lock services of programs that use locklab as a library.
var registered backends.Registry

// Register adds lock services to Registry. It is for the very beginning of a program, before
// anything is loaded or run. A name that is no name, or that exists, is an error.
func Register(services ...backends.Backend) error {
	for _, b := range services {
		if !namePattern.MatchString(b.Name()) {
			return fmt.Errorf("a lock service is named %q, expected small letters, digits and hyphens", b.Name())
		}
		if _, is := setNamed(b.Name()); is {
			return fmt.Errorf("%s is the name of a set of lock services; give yours another name", b.Name())
		}
		if _, err := Registry().Find(b.Name()); err == nil {
			return fmt.Errorf("there is a lock service %s already; give yours another name", b.Name())
		}
		registered = append(registered, b)
	}
	return nil
}

// Registry lists the lock services that exist, in the order of tables: first the two
// controls, then the real ones, then libraries as they are, then those of others.
func Registry() backends.Registry {
	return slices.Concat(services(), lib.Backends(), registered)
}

// Everything is what a scenario may refer to.
func Everything() Known {
	k := Known{Registry: Registry()}
	for _, g := range ledger.Guards() {
		k.Guards = append(k.Guards, string(g))
	}
	return k
}
