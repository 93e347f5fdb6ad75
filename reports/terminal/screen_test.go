package terminal

import (
	"testing"

	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/outcome"
)

// TestASquareSaysWhatWasLostAndWhoWasNotServed reads the signs, worst first: a loss that the best guard
// does not prevent has two.
func TestASquareSaysWhatWasLostAndWhoWasNotServed(t *testing.T) {
	all, some, none := outcome.Tally{Violated: 20}, outcome.Tally{Violated: 3, Holds: 17}, outcome.Tally{Holds: 20}
	ran := func(money, valid outcome.Tally) battery.Damage {
		return battery.Damage{Ran: true, Money: money, Valid: valid}
	}
	safe := ran(none, none)
	waits := []outcome.Unserved{{Client: "client-1", Trials: 20}}
	for _, c := range []struct {
		of   battery.Result
		text string
		as   typeset.Paint
	}{
		{battery.Result{Bare: ran(all, all), Best: ran(all, all)}, "✗✗", typeset.Alarm},
		{battery.Result{Bare: ran(all, all), Best: ran(some, all)}, "✗≈", typeset.Alarm},
		{battery.Result{Bare: ran(all, all), Best: ran(none, all)}, "✗", typeset.Theory},
		{battery.Result{Bare: ran(some, all), Best: safe}, "≈", typeset.Theory},
		{battery.Result{Bare: ran(none, all), Best: safe}, "2", typeset.Plain},
		{battery.Result{Bare: safe, Best: safe}, "✓", typeset.Plain},
		{battery.Result{Bare: safe, Best: safe, Unserved: waits}, "✓o", typeset.Plain},
		{battery.Result{Bare: ran(outcome.Tally{Undecided: 20}, none), Best: safe}, "?", typeset.Doubt},
		{battery.Result{Bare: battery.Damage{Ran: true, Money: none, Valid: none, Surprise: true}, Best: safe}, "✓!", typeset.Alarm},
		{battery.Result{Reason: 1}, "-", typeset.Faint},
	} {
		if got := signOf(c.of); got.text != c.text || got.as != c.as {
			t.Errorf("%+v is shown as %q, %d, want %q, %d", c.of, got.text, got.as, c.text, c.as)
		}
	}
}

// TestServicesHaveRoomBeforeProfilesOfLibraries chooses columns.
func TestServicesHaveRoomBeforeProfilesOfLibraries(t *testing.T) {
	b := battery.Battery{Columns: []string{"redis", "redis-redislock", "etcd"}}
	for room, want := range map[int]int{100: 3, 20: 2, 12: 1, 3: 0} {
		shown, hidden := columnsIn(b, room, 2)
		if len(shown) != want || len(shown)+len(hidden) != len(b.Columns) {
			t.Errorf("with room for %d: shown %v, hidden %v, want %d shown", room, shown, hidden, want)
		}
	}
	if shown, hidden := columnsIn(b, 20, 2); shown[1] != 2 || hidden[0] != "redis-redislock" {
		t.Errorf("shown %v, hidden %v, want the profile hidden", shown, hidden)
	}
}
