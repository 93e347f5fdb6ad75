package charts

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
)

func TestABatteryCellSaysWhatBecameOfTheMoneyAndTheLock(t *testing.T) {
	b := newBattery(world(), sim.VirtualWorld)
	if want := []string{"none", "redis", "redlock", "zookeeper"}; !slices.Equal(b.columns, want) {
		t.Fatalf("columns %v, want %v: only lock services as they are by default", b.columns, want)
	}
	at := func(title, backend string) faultResult {
		i := slices.IndexFunc(b.rows, func(r faultRow) bool { return strings.HasSuffix(r.title, title) })
		return b.rows[i].results[slices.Index(b.columns, backend)]
	}
	for _, c := range []struct {
		title, backend string
		bare, best     battered
	}{
		{"battery-nothing", "redis", unharmed, unharmed},
		{"battery-nothing", "zookeeper", notRun, notRun},
		{"battery-paused", "none", lostAlways, broken},
		{"battery-paused", "redis", lostAlways, broken},
		{"battery-paused", "redlock", untold, unharmed},
		{"battery-paused", "zookeeper", lostSometimes, unharmed},
		{"battery-dead", "redis", lostAlways, lostAlways},
	} {
		r := at(c.title, c.backend)
		bare, _ := r.bare.state()
		best, _ := r.best.state()
		if bare != c.bare || best != c.best {
			t.Errorf("%s with %s: %d and %d, want %d and %d", c.title, c.backend, bare, best, c.bare, c.best)
		}
	}
	if hole := at("battery-dead", "none"); hole.reason == 0 || hole.missing || b.reasons[hole.reason-1] != "without a lock there is no lock service" {
		t.Errorf("a fault that there is not: %+v, reasons %q", hole, b.reasons)
	}
	if r := at("battery-dead", "redis"); len(r.unserved) != 2 || r.unserved[0].Trials != r.trials {
		t.Errorf("nobody was served, but it says %+v of %d", r.unserved, r.trials)
	}
	if r := at("battery-paused", "redlock"); len(r.unserved) != 1 || r.unserved[0].Client != "client-2" || r.unserved[0].Trials != 7 {
		t.Errorf("client 2 was not served in 7 trials, but it says %+v", r.unserved)
	}
	for _, c := range []struct{ backend, bare, best string }{{"none", "1", "0"}, {"redis", "2", "1"}, {"redlock", "1", "0"}, {"zookeeper", "1", "0"}} {
		column := slices.Index(b.columns, c.backend)
		if bare, best := b.totals(column, bareHalf), b.totals(column, bestHalf); bare != c.bare || best != c.best {
			t.Errorf("%s: money lost in %s faults and in %s, want %s and %s", c.backend, bare, best, c.bare, c.best)
		}
	}
}

func TestTheHeadlineOfTheBatteryNamesTheLocksThatLose(t *testing.T) {
	const want = "Without a guard, every lock loses money to some fault; behind its own fence, redis still does"
	if got := newBattery(world(), sim.VirtualWorld).headline(); got != want {
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
	if _, by := (damage{ran: true, money: share{0, 20, 20}, valid: share{3, 20, 20}}).state(); !by.chance() {
		t.Error("two holders in some trials are left to chance")
	}
}
