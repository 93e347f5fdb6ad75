package scenarios

import (
	"reflect"
	"slices"

	"github.com/locklab/locklab/sim/check"
)

// fileVerdicts is what a row expects of properties, in the order of check.Properties. The table of
// properties says which keys there are and what they are for.
type fileVerdicts []fileVerdict

// fileVerdict is what a row expects of one property.
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

// add makes room for what a row says about one property.
func (f *fileVerdicts) add(name string) reflect.Value {
	rank := func(p check.Property) int { return slices.Index(check.Properties(), p) }
	i, _ := slices.BinarySearchFunc(*f, check.Property(name), func(v fileVerdict, p check.Property) int { return rank(v.property) - rank(p) })
	*f = slices.Insert(*f, i, fileVerdict{property: check.Property(name)})
	return reflect.ValueOf(&(*f)[i].verdict).Elem()
}
