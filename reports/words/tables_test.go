package words

import "testing"

func TestOr(t *testing.T) {
	for want, names := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := Or(names...); got != want {
			t.Errorf("%q are listed as %q, expected %q", names, got, want)
		}
	}
}
