package words

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/sim/check"
)

// Whoever adds a property is told where it has no words and no place yet.
func TestEveryPropertyHasWordsAndAGravity(t *testing.T) {
	all := append(check.Preconditions(), check.Properties()...)
	for _, p := range all {
		n := 0
		for _, each := range gravity {
			if each == p {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s stands %d times in the order in which properties are told", p, n)
		}
	}
	if len(gravity) != len(all) {
		t.Errorf("%d properties have a gravity, and there are %d", len(gravity), len(all))
	}
	said := map[string]check.Property{}
	for _, p := range check.Properties() {
		text := Violation(p)
		if text == "" {
			t.Errorf("nothing says what a violation of %s looks like", p)
		}
		if other, twice := said[text]; twice {
			t.Errorf("a violation of %s is said as one of %s: %s", p, other, text)
		}
		said[text] = p
	}
	if len(violations) != len(check.Properties()) {
		t.Errorf("%d properties have words, and there are %d", len(violations), len(check.Properties()))
	}
	for _, p := range always {
		if !slices.Contains(check.Properties(), p) {
			t.Errorf("%s is told of every trial, and is no property", p)
		}
	}
}

func TestOr(t *testing.T) {
	for want, names := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := Or(names...); got != want {
			t.Errorf("%q are listed as %q, expected %q", names, got, want)
		}
	}
}
