package virtual

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The queue returns its entries by time and then by order of entry, whatever was pushed and
// removed in between.
func TestQueueOrdersByTimeThenEntry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type item struct {
			at    int64
			order int
			timer *timer
		}
		var q queue
		var model []item
		for i := range rapid.IntRange(0, 200).Draw(t, "steps") {
			switch {
			case len(model) > 0 && rapid.IntRange(0, 3).Draw(t, "what") == 0:
				k := rapid.IntRange(0, len(model)-1).Draw(t, "which")
				q.remove(model[k].timer)
				if model[k].timer.place != nowhere {
					t.Fatal("a removed timer still claims a place")
				}
				model = slices.Delete(model, k, k+1)
			default:
				it := item{at: rapid.Int64Range(0, 20).Draw(t, "at"), order: i, timer: &timer{place: nowhere}}
				q.push(it.at, it.timer)
				model = append(model, it)
			}
		}
		slices.SortFunc(model, func(a, b item) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order)) })
		for _, want := range model {
			if got := q.pop(); got.timer != want.timer || got.at != want.at {
				t.Fatalf("popped the timer for %d, want the one for %d", got.at, want.at)
			}
		}
		if len(q.entries) != 0 {
			t.Fatalf("%d entries are left", len(q.entries))
		}
	})
}
