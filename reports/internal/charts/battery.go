package charts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// Battery draws the battery of one world: every fault with every lock service, without a guard and
// with the best one, and who was not served. A world without results of it gives nil.
func Battery(set *results.Set, world string) *canvas.Figure {
	b := battery.New(set, world)
	if len(b.Rows) == 0 {
		return nil
	}
	s := newBatterySheet(b)
	return &canvas.Figure{Width: s.width, Height: s.height, Draw: s.draw}
}

// elsewhere returns the cells of a world that are not in the battery.
func elsewhere(set *results.Set, world string) []outcome.Summary {
	return slices.DeleteFunc(locksIn(set, world), func(c outcome.Summary) bool {
		card := set.Card(c.Scenario)
		return card != nil && card.Battery
	})
}

// totals returns in how many faults money was lost with a lock service, in some trial; "" without a
// trial.
func totals(b battery.Battery, column int, half battery.Half) string {
	lost, ran := b.Lost(column, half)
	if ran == 0 {
		return ""
	}
	return fmt.Sprint(len(lost))
}

// stateOf is what became of a cell, and the share of its trials if chance is in it.
func stateOf(d battery.Damage) (battery.State, share) {
	state, by := d.State()
	return state, share{}.plus(by)
}

// batterySays returns the caption.
func batterySays(b battery.Battery) string {
	parts := []string{sentence(about(b.Cells)), "Clients are attentive. Two make two withdrawals each; client 1 has the lock first, and the fault is done to it or to the servers."}
	var why []string
	const most = 4
	for i, reason := range b.Reasons {
		if i == most {
			why = append(why, "and more, see the cells")
			break
		}
		why = append(why, fmt.Sprintf("(%d) %s", i+1, reason))
	}
	if len(why) > 0 {
		parts = append(parts, "Not run: "+strings.Join(why, "; ")+".")
	}
	return strings.Join(parts, " ")
}

// shortGuard returns the name of a guard for the head of a column.
func shortGuard(guard string) string {
	if guard == string(ledger.FenceAll) {
		return "fence"
	}
	return guard
}

// number returns the number of a client: "1" of client-1.
func number(client sim.HostID) string {
	_, n, _ := strings.Cut(string(client), "-")
	return n
}
