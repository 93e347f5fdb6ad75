package charts

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

func TestABatteryCellSaysWhatBecameOfTheMoneyAndTheLock(t *testing.T) {
	b := battery.New(world(), sim.VirtualWorld)
	if want := []string{"none", "redis", "redlock", "zookeeper"}; !slices.Equal(b.Columns, want) {
		t.Fatalf("columns %v, want %v: only lock services as they are by default", b.Columns, want)
	}
	at := func(title, backend string) battery.Result {
		i := slices.IndexFunc(b.Rows, func(r battery.Row) bool { return strings.HasSuffix(r.Title, title) })
		return b.Rows[i].Results[slices.Index(b.Columns, backend)]
	}
	for _, c := range []struct {
		title, backend string
		bare, best     battery.State
	}{
		{"battery-nothing", "redis", battery.Unharmed, battery.Unharmed},
		{"battery-nothing", "zookeeper", battery.NotRun, battery.NotRun},
		{"battery-paused", "none", battery.LostAlways, battery.Broken},
		{"battery-paused", "redis", battery.LostAlways, battery.Broken},
		{"battery-paused", "redlock", battery.Untold, battery.Unharmed},
		{"battery-paused", "zookeeper", battery.LostSometimes, battery.Unharmed},
		{"battery-dead", "redis", battery.LostAlways, battery.LostAlways},
	} {
		r := at(c.title, c.backend)
		bare, _ := r.Bare.State()
		best, _ := r.Best.State()
		if bare != c.bare || best != c.best {
			t.Errorf("%s with %s: %d and %d, want %d and %d", c.title, c.backend, bare, best, c.bare, c.best)
		}
	}
	if hole := at("battery-dead", "none"); hole.Reason == 0 || hole.Missing || b.Reasons[hole.Reason-1] != "without a lock there is no lock service" {
		t.Errorf("a fault that there is not: %+v, reasons %q", hole, b.Reasons)
	}
	if r := at("battery-dead", "redis"); len(r.Unserved) != 2 || r.Unserved[0].Trials != r.Trials {
		t.Errorf("nobody was served, but it says %+v of %d", r.Unserved, r.Trials)
	}
	if r := at("battery-paused", "redlock"); len(r.Unserved) != 1 || r.Unserved[0].Client != "client-2" || r.Unserved[0].Trials != 7 {
		t.Errorf("client 2 was not served in 7 trials, but it says %+v", r.Unserved)
	}
	for _, c := range []struct{ backend, bare, best string }{{"none", "1", "0"}, {"redis", "2", "1"}, {"redlock", "1", "0"}, {"zookeeper", "1", "0"}} {
		column := slices.Index(b.Columns, c.backend)
		if bare, best := totals(b, column, battery.Bare), totals(b, column, battery.Best); bare != c.bare || best != c.best {
			t.Errorf("%s: money lost in %s faults and in %s, want %s and %s", c.backend, bare, best, c.bare, c.best)
		}
	}
}

func TestTheHeadlineOfTheBatteryNamesTheLocksThatLose(t *testing.T) {
	const want = "Without a guard, every lock loses money to some fault; behind its own fence, redis still does"
	if got := battery.New(world(), sim.VirtualWorld).Headline(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Shares stand only where chance is: twenty copies of one outcome are no hundred per cent.
func TestTheBatteryGivesSharesOnlyWhereChanceIs(t *testing.T) {
	text := texts(t, Battery(world(), sim.VirtualWorld))
	for _, want := range []string{"35%", "55%", "(1)", "Not run: (1) without a lock there is"} {
		if !strings.Contains(text, want) {
			t.Errorf("the chart does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "100") || strings.Contains(text, "0%") {
		t.Errorf("the chart gives a share of what is not left to chance:\n%s", text)
	}
}

// TestTheBatteryFitsOnASlide checks the shape: 16:9 with the rows that there are.
func TestTheBatteryFitsOnASlide(t *testing.T) {
	f := Battery(world(), sim.VirtualWorld)
	if f.Width != 1200 || f.Height != 675 {
		t.Errorf("the chart is %v by %v, want 1200 by 675", f.Width, f.Height)
	}
	if _, by := stateOf(battery.Damage{Ran: true, Money: outcome.Tally{Holds: 20}, Valid: outcome.Tally{Holds: 17, Violated: 3}}); !by.chance() {
		t.Error("two holders in some trials are left to chance")
	}
}
