package scenarios

import (
	"reflect"
	"slices"

	"github.com/locklab/locklab/sim/check"
)

// fileVerdicts is what a row expects of properties, in the order of check.Properties. Which keys
// there are, and what they are for, the table of properties says.
type fileVerdicts []fileVerdict

// fileVerdict is one property that a row speaks about.
type fileVerdict struct {
	property check.Property
	verdict  verdictWord
}

func (fileVerdicts) keys() (keys []key) {
	for _, p := range check.Properties() {
		keys = append(keys, key{name: string(p), doc: "violated: " + p.Row().Means})
	}
	return keys
}

// add makes room for what a row says of one property.
func (f *fileVerdicts) add(name string) reflect.Value {
	rank := func(p check.Property) int { return slices.Index(check.Properties(), p) }
	i, _ := slices.BinarySearchFunc(*f, check.Property(name), func(v fileVerdict, p check.Property) int { return rank(v.property) - rank(p) })
	*f = slices.Insert(*f, i, fileVerdict{property: check.Property(name)})
	return reflect.ValueOf(&(*f)[i].verdict).Elem()
}
