package page

import (
	"cmp"
	"slices"
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

// faultName is a kind of fault as the title of a section; no kind: scenarios without faults.
type faultName struct {
	kind sim.FaultKind
	name string
}

// faultNames are those of all kinds, in the order of sections: the weightiest comes last.
var faultNames = func() []faultName {
	var rows []sim.FaultRow
	for _, k := range sim.FaultKinds() {
		rows = append(rows, k.Row())
	}
	slices.SortFunc(rows, func(a, b sim.FaultRow) int { return cmp.Compare(a.Weight, b.Weight) })
	names := []faultName{{"", "No fault"}}
	for _, row := range rows {
		names = append(names, faultName{row.Kind, row.Happens})
	}
	return names
}()
