// Command bottleneck does a fault of its own to the virtual world: from the first grant on, all
// clients reach the lock service over one line, which carries 200 messages a second and queues the
// rest. A delay of locklab's is the same for every message; here clients slow each other down.
//
// It shows that a timeout for a single request decides over a lock. Where clients queue, or wait
// patiently, everybody is served later. Redlock's clients give up a request after a moment, take back
// what they have, and try again; so they fill the line, and only the first is ever served.
package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
	"github.com/locklab/locklab/sim/virtual"
)

const (
	lease   = time.Second
	clients = 10
	until   = 60 * lease
	tick    = time.Second / 200 // the time that the line takes for one message
)

func main() {
	fmt.Printf("%-28s%25s%25s\n", "wait of the clients", "without the fault", "with it")
	fmt.Printf("%-28s%25s%25s  overlap\n", "lock service", "median, longest, served", "median, longest, served")
	for _, name := range []string{"redis", "redlock", "redlock+node-timeout=0.5ttl", "etcd", "zookeeper"} {
		before, err := simulate(name, false)
		if err != nil {
			stop(err)
		}
		after, err := simulate(name, true)
		if err != nil {
			stop(err)
		}
		fmt.Printf("%-28s%25s%25s  %s\n", name, figures(before), figures(after), check.One(check.Overlap, after).Verdict)
	}
}

func stop(err error) {
	fmt.Fprintln(os.Stderr, "bottleneck:", err)
	os.Exit(3)
}

// figures says how long clients waited, those that gave up included, and how many got the lock.
func figures(h *sim.History) string {
	found := map[check.Measure]check.Measured{}
	for _, m := range check.MeasureAll(trace.Read(h)) {
		found[m.Measure] = m.Full()
	}
	wait := found[check.Wait]
	return fmt.Sprintf("%.2f s, %.2f s, %3.0f %%", wait.P50, wait.Most, 100*found[check.ServedShare].Most)
}

// simulate builds a world and runs it: ten clients ask for the lock at the same time, work for a
// fiftieth of the lease, and are done.
func simulate(name string, faulty bool) (*sim.History, error) {
	spec, err := services.Registry().ParseSpec(name)
	if err != nil {
		return nil, err
	}
	service, ok := spec.Backend.(backends.Simulated)
	if !ok {
		return nil, fmt.Errorf("%s has no model", name)
	}
	settings, err := spec.Settings(lease, false)
	if err != nil {
		return nil, err
	}
	w := virtual.New(1)
	defer w.Close()
	header := sim.Header{
		Format: sim.Format, Scenario: "bottleneck", Backend: name, Guard: string(ledger.None), World: sim.VirtualWorld,
		Seed: 1, TTL: lease, Until: until, Servers: service.Servers(settings), Ledger: ledger.HostID,
	}
	w.AddHost(ledger.HostID)
	accountFor := ledger.Simulate(w, ledger.None)
	for _, id := range header.Servers {
		w.AddHost(id)
	}
	lockFor := service.Simulate(w, settings)
	working := clients
	for i := range clients {
		h := w.AddHost(sim.ClientID(i))
		header.Clients = append(header.Clients, h.ID())
		teller := workload.NewTeller(h, workload.Plan{
			Kind: workload.Withdraw, Times: 1, Think: lease / 50, Wait: until, Answer: until, Discipline: workload.Attentive,
		})
		teller.Take(lockFor(h), accountFor(h), ledger.None)
		h.Go("teller", func(sim.Host) {
			teller.Work()
			if working--; working == 0 {
				w.Stop(sim.AllDone)
			}
		})
	}
	if faulty {
		(&bottleneck{world: w, from: header.Clients, to: header.Servers}).tick()
	}
	if err := w.Run(until); err != nil {
		return nil, err
	}
	return trace.Finish(header, w.Events(), w.Clock), nil
}

// bottleneck is the fault: a line that all messages from some hosts to others have to pass.
type bottleneck struct {
	world    *virtual.World
	from, to []sim.HostID
	sent     int64 // messages so far
	queue    int64 // those that the line has not carried yet
}

// tick looks at what has been sent, and makes the next messages wait behind it.
func (b *bottleneck) tick() {
	b.world.After(tick, b.tick)
	before := b.sent
	b.sent = 0
	for _, t := range b.world.Traffic() {
		if slices.Contains(b.from, t.From) && slices.Contains(b.to, t.To) {
			b.sent += t.Messages
		}
	}
	if !slices.ContainsFunc(b.world.Events(), func(e sim.Event) bool { return e.Kind == sim.Granted }) {
		return
	}
	b.queue = max(0, b.queue+b.sent-before-1)
	for _, from := range b.from {
		for _, to := range b.to {
			b.world.SetLatency(from, to, virtual.Latency{Base: time.Duration(1+b.queue) * tick})
		}
	}
}
