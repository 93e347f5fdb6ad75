package page

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/locklab/locklab/sim"
)

// addresses holds the addresses that are taken within the page, so that each thing gets one of its
// own.
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

// service splits a backend into the lock service, which has its own column, and what makes this one
// a variant of it. known holds all backends without their options.
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

// faultName is a kind of fault and the title of its section. An empty kind stands for scenarios
// without faults.
type faultName struct {
	kind sim.FaultKind
	name string
}

// faultNames holds all kinds in the order of their sections, the weightiest last.
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
