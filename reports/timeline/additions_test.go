package timeline

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// The picture of a trial without a lock shows what became of the elements, and mentions no lock.
func TestAPictureOfElementsSaysWhichWereLost(t *testing.T) {
	for _, c := range []struct {
		backend      string
		says, silent []string
	}{
		{"sentinel+replicas=4", []string{
			"lost update: client-1 was told at", "160 of 491 acknowledged elements are lost", "acknowledged elements are lost",
			"acknowledged, and lost", "not acknowledged", "element acknowledged", "the set is read", "the set: 331 elements",
		}, []string{"Too much to draw"}},
		{"sentinel+replicas=4+wait=2", []string{"Nothing was violated.", "not acknowledged", "element acknowledged"}, []string{"and lost"}},
		{"sentinel+replicas=4+min-replicas-to-write=2", []string{"refused", "acknowledged, and lost"}, nil},
	} {
		f, err := Timeline(picturetest.History(t, "set-in-redis", c.backend, "none"))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(textOf(t, picturetest.SVG(t, f))), " ")
		for _, want := range c.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the picture does not say %q; it says:\n%s", c.backend, want, text)
			}
		}
		for _, unwanted := range append(c.silent, "the account", "balance", "holds the lock", "lease renewed", "granted nothing", "is overwritten") {
			if strings.Contains(text, unwanted) {
				t.Errorf("%s: the picture says %q", c.backend, unwanted)
			}
		}
	}
}

// If nobody could read the set, no element is shown as lost.
func TestWithoutAReadNoElementIsShownAsLost(t *testing.T) {
	h, _, title := picturetest.History(t, "set-in-redis", "sentinel+replicas=4", "none")
	unread := *h
	unread.Events = nil
	for _, e := range h.Events {
		if e.Kind != sim.InSet && e.Kind != sim.SetRead {
			e.Seq = int64(len(unread.Events) + 1)
			unread.Events = append(unread.Events, e)
		}
	}
	findings := check.All(trace.Read(&unread))
	f, err := Timeline(&unread, findings, title)
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(t, picturetest.SVG(t, f))
	if strings.Contains(text, "and lost") || !strings.Contains(text, "nobody could read the set") {
		t.Errorf("the picture says:\n%s", text)
	}
}
