package scenarios

import (
	"errors"
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Clients that add elements to a set follow Jepsen's tests of Redis (2013): each adds elements of
// its own and notes which were acknowledged. When all faults are over, the set is read to see which
// of these it holds. The set is the service's, and no client takes a lock.

// addKinds are the client events that occur only in the add workload.
var addKinds = []sim.Kind{sim.Add, sim.Added, sim.AddRefused, sim.AddUnknown}

// addsEvents lists the events that a step can wait for in the add workload: those of clients. Other
// hosts have none.
func addsEvents(client bool) []sim.Kind {
	if !client {
		return nil
	}
	return append(slices.Clone(addKinds), sim.Done)
}

// add works for a while, then adds one element and records the answer.
func (t *teller) add(op string) {
	work, drawn := t.plan.work(op)
	t.host.Sleep(work)
	t.host.Record(sim.Event{Kind: sim.Add, Op: op, Note: drawn})
	err := t.set.Add(op)
	switch {
	case err == nil:
		t.host.Record(sim.Event{Kind: sim.Added, Op: op})
	case errors.Is(err, sim.ErrUnknown):
		t.host.Record(sim.Event{Kind: sim.AddUnknown, Op: op, Note: err.Error()})
	default:
		t.host.Record(sim.Event{Kind: sim.AddRefused, Op: op, Note: err.Error()})
	}
}

// addsInWords describes what a client does in the add workload.
func (w Workload) addsInWords(s *Scenario) string {
	text := "adds an element to a set that the lock service keeps"
	if w.Think.In(s.TTL) > 0 {
		text = "works for " + drawnInWords(w.ThinkAtLeast, w.Think, s.TTL) + " and " + text
	}
	switch {
	case w.Times == 2:
		text += "; twice"
	case w.Times > 2:
		text += fmt.Sprintf("; %d times", w.Times)
	}
	if w.Every.In(s.TTL) > 0 {
		text += ", starting one every " + inBoth(w.Every, s.TTL)
	}
	return text
}

// keepsNoSet says why a service cannot keep the set.
func keepsNoSet(b backends.Backend) string {
	return fmt.Sprintf("clients add elements to a set, but %s cannot keep a set", b.Name())
}

// keepingSets lists the lock services that can keep a set.
func (l *loader) keepingSets() (names []string) {
	for _, b := range l.known.Registry {
		if backends.KeepsSet(b) {
			names = append(names, b.Name())
		}
	}
	return names
}

// setFits reports why a cell cannot have a set: its service keeps none, or its guard needs an
// account. nil means it can.
func setFits(b backends.Backend, guard ledger.Guard) error {
	if !backends.KeepsSet(b) {
		return errors.New(keepsNoSet(b))
	}
	if guard != ledger.None {
		return fmt.Errorf("guard %s protects an account, but clients that add elements have none", guard)
	}
	return nil
}

// simulateSet puts a service that keeps a set on its hosts. It returns a function that gives a
// client's teller access to the set, and one that reads the set.
func (t Trial) simulateSet(w *virtual.World, service backends.Simulated, c cast) (func(*teller, *virtual.Host), backends.SetReader) {
	access, read := service.(backends.SetKeeper).SimulateSet(w, c.settings)
	return func(teller *teller, h *virtual.Host) { teller.set = access(h) }, read
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
