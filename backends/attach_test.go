//go:build linux

package backends

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/locklab/locklab/sim/live"
)

func TestEachTrialOnAttachedServersHasAPrefixOfItsOwn(t *testing.T) {
	to, lab, other := &Attachment{Dir: t.TempDir()}, &live.Lab{}, &live.Lab{}
	prefix := func(lab *live.Lab) string {
		t.Helper()
		p, err := to.Prefix(lab)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first, beside := prefix(lab), prefix(other)
	if prefix(lab) != first {
		t.Error("the prefix changed during the trial")
	}
	fails := errors.New("the server is gone")
	if err := to.Reset(t.Context(), lab, func(context.Context, []string) error { return fails }); !errors.Is(err, fails) || prefix(lab) != first {
		t.Errorf("a reset that failed: %v", err)
	}
	var cleaned []string
	clean := func(_ context.Context, prefixes []string) error { cleaned = prefixes; return nil }
	if err := to.Reset(t.Context(), lab, clean); err != nil || !slices.Equal(cleaned, []string{first}) {
		t.Errorf("the reset removed %q, %v; expected %q", cleaned, err, first)
	}
	second := prefix(lab)
	if second == first || prefix(other) != beside {
		t.Errorf("after the reset of %q the next trial has %q, and the one beside it %q", first, second, prefix(other))
	}
	want := []string{first, beside, second}
	slices.Sort(want)
	if all, err := Prefixes(to.Dir); err != nil || !slices.Equal(all, want) {
		t.Errorf("prefixes %q, %v; expected %q", all, err, want)
	}
}
