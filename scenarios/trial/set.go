package trial

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// simulateSet puts a service that keeps a set on its hosts. It returns a function that gives a
// client's teller access to the set, and one that reads the set.
func (t Trial) simulateSet(w *virtual.World, service backends.Simulated, c setup) (func(*workload.Teller, *virtual.Host), backends.SetReader) {
	access, read := service.(backends.SetKeeper).SimulateSet(w, c.settings)
	return func(teller *workload.Teller, h *virtual.Host) { teller.TakeSet(access(h)) }, read
}

// withSet inserts the content of the set just before the end of the trial, with the same time
// stamp. If nobody can tell the content, the history says nothing about it and nothing is judged.
func withSet(events []sim.Event, nonce string, read backends.SetReader) []sim.Event {
	found, err := read()
	if err != nil || len(events) == 0 {
		return events
	}
	end := events[len(events)-1]
	out := slices.Clone(events[:len(events)-1])
	slices.Sort(found.Elements) // Redis lists them in no particular order
	for _, element := range found.Elements {
		op := sim.UnsignAs(nonce, element)
		if op == "" {
			op = element // nobody in this trial added it, and recording-sane will say so
		}
		out = append(out, sim.Event{At: end.At, Host: found.Host, Kind: sim.InSet, Op: op})
	}
	out = append(out, sim.Event{At: end.At, Host: found.Host, Kind: sim.SetRead, Note: elementsInWords(len(found.Elements))})
	return append(out, end)
}

func elementsInWords(n int) string {
	if n == 1 {
		return "1 element"
	}
	return fmt.Sprintf("%d elements", n)
}
