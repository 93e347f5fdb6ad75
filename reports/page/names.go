package page

import (
	"strconv"
	"strings"

	"github.com/locklab/locklab/sim"
)

// addresses gives each thing an address within the page that no other thing has.
type addresses map[string]bool

func (a addresses) of(parts ...string) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.':
			return c
		}
		return '_'
	}, strings.Join(parts, "."))
	address := name
	for n := 2; a[address]; n++ {
		address = name + "~" + strconv.Itoa(n)
	}
	a[address] = true
	return address
}

// service divides a backend into the lock service, which has a column of its own, and what
// makes this one a variant of it. known are all backends without their options.
func service(backend string, known map[string]bool) (column, variant string) {
	name, options, more := strings.Cut(backend, "+")
	if more {
		variant = "+" + options
	}
	if of, library := strings.CutPrefix(name, "lib/"); library {
		return "libraries", of + variant
	}
	if of, kind, parted := strings.Cut(name, "-"); parted && known[of] {
		return of, strings.TrimSpace(kind + " " + variant)
	}
	return name, variant
}

// faultNames are the kinds of fault as people say them, in the order of sections.
var faultNames = []struct {
	kind sim.FaultKind
	name string
}{
	{"", "No fault"},
	{sim.Pause, "A process stands still"},
	{sim.Suspend, "A machine is suspended"},
	{sim.Hold, "A message is held up"},
	{sim.Delay, "The network is slow"},
	{sim.Drop, "The network loses packets"},
	{sim.Partition, "The network is parted"},
	{sim.Crash, "A machine crashes"},
	{sim.StallDisk, "A disk stalls"},
	{sim.ClockFault, "A clock is wrong"},
}
