//go:build linux

package live

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/internal/protocol"
)

const (
	// readyLimit is how long duties may take to get ready.
	readyLimit = 30 * time.Second
	// startDelay is the time from the start order to time zero: long enough for every process to
	// have read the order.
	startDelay = 10 * time.Millisecond
	// byeLimit is how long a duty may take to end after the trial. On a machine that stands
	// still for seconds it may take that long, and the trial is then undecided for that reason.
	byeLimit = 30 * time.Second
)

// Run runs the trial with the duties that have been started in the lab. It waits until all are
// ready, starts them at the same instant, and ends when every client host has recorded done, or
// when until of true time has passed. Then each duty that is not paused gets a moment to send
// what it has recorded. The events are in the order of true time; the last one is End.
//
// Run fails if ctx ends, if a process of the lab ends that should not, or if a duty does not
// answer. It then returns the events up to that point with the error. The lab stays open.
func (w *World) Run(ctx context.Context, until time.Duration, clients []sim.HostID) ([]sim.Event, error) {
	if w.waiting != nil {
		return nil, errRunTwice
	}
	w.procs, w.pace.Pace = w.lab.participants(), w.Pace
	if err := awaitAll(ctx, w.procs); err != nil {
		return nil, fmt.Errorf("start the trial: %w", err)
	}
	defer w.close()
	defer close(w.runOver)
	for _, p := range w.procs {
		w.watch(p)
	}
	if err := w.start(clients); err != nil {
		return w.history(), fmt.Errorf("start the trial: %w", err)
	}
	stopMeasuring := w.measure()
	defer stopMeasuring()
	timer := time.NewTimer(w.zero + until - clock.Now())
	defer timer.Stop()
	var why string
	select {
	case <-w.allDone:
		why = sim.AllDone
	case <-timer.C:
		why = sim.TimeUp
	case err := <-w.trouble:
		return w.history(), fmt.Errorf("the trial failed: %w", err)
	case <-ctx.Done():
		return w.history(), fmt.Errorf("the trial was broken off: %w", context.Cause(ctx))
	}
	w.close()
	stopMeasuring()
	at := w.now()
	if err := w.flush(ctx); err != nil {
		return w.history(), fmt.Errorf("end the trial: %w", err)
	}
	w.keepPace()
	events := w.history()
	if n := len(events); n > 0 {
		at = max(at, events[n-1].At) // what was recorded late belongs to the trial
	}
	return append(events, sim.Event{At: at, Kind: sim.End, Note: why}), nil
}

// awaitAll waits until every duty is ready.
func awaitAll(ctx context.Context, procs []*Proc) error {
	ctx, cancel := context.WithTimeoutCause(ctx, readyLimit, fmt.Errorf("it took longer than %v", readyLimit))
	defer cancel()
	for _, p := range procs {
		if p.talk == nil {
			continue // whoever started it has waited for it
		}
		if err := p.AwaitReady(ctx); err != nil {
			return err
		}
	}
	return nil
}

// watch reports in trouble if a process ends that should not.
func (w *World) watch(p *Proc) {
	go func() {
		select {
		case <-p.done:
			if p.endedWell() || p.crashed.Load() {
				return
			}
			select {
			case w.trouble <- p.fate():
			default: // other trouble has been reported already
			}
		case <-w.runOver:
		}
	}()
}

// start carries out the steps at time zero, in their order, and then sets time zero and starts
// the duties.
func (w *World) start(clients []sim.HostID) error {
	w.mu.Lock()
	w.waiting = make(map[sim.HostID]bool)
	for _, id := range clients {
		w.waiting[id] = true
	}
	w.director.Start()
	w.lab.network.StartRecording(sim.MaxMessages)
	w.zero = clock.Now() + startDelay
	for _, f := range w.starts {
		f()
	}
	w.lab.suspendFrom(w.zero)
	procs := slices.Clone(w.procs)
	w.mu.Unlock()
	for _, p := range procs {
		if err := w.tellStart(p); err != nil {
			return err
		}
	}
	for _, p := range procs {
		w.listenTo(p)
	}
	return nil
}

func (w *World) tellStart(p *Proc) error {
	if p.talk == nil {
		return nil
	}
	if err := p.talk.Tell(protocol.Order{Do: protocol.Start, At: w.zero, Holds: w.holds(p.host), Keeps: w.keeps(p.host), Bears: w.bearable()}); err != nil {
		return fmt.Errorf("start %s: %w", p, err)
	}
	return nil
}

func (w *World) listenTo(p *Proc) {
	if p.talk != nil {
		p.talk.ListenWith(func(r protocol.Report) { w.take(p, r) })
	}
}

// join adds processes that were started in mid-trial. The caller holds mu.
func (w *World) join(procs []*Proc) error {
	w.procs = append(w.procs, procs...)
	for _, p := range procs {
		w.watch(p)
		if err := w.tellStart(p); err != nil {
			return err
		}
		w.listenTo(p)
	}
	return nil
}

// flush tells the duties that the trial is over and waits until they have sent all their events
// and ended. A paused duty can do neither, and records nothing.
func (w *World) flush(ctx context.Context) error {
	w.mu.Lock()
	procs := slices.Clone(w.procs)
	w.mu.Unlock()
	var asked []*Proc
	for _, p := range procs {
		if p.talk == nil || p.crashed.Load() || !p.helper && w.lab.Agent(p.host).isPaused() {
			continue
		}
		if err := p.talk.Tell(protocol.Order{Do: protocol.Stop}); err != nil {
			return fmt.Errorf("stop %s: %w", p, err)
		}
		asked = append(asked, p)
	}
	limit := time.NewTimer(byeLimit)
	defer limit.Stop()
	for _, p := range asked {
		select {
		case <-p.done:
			if !p.endedWell() {
				return p.fate()
			}
			<-p.talk.Delivered()
		case err := <-w.trouble:
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-limit.C:
			return fmt.Errorf("%s has not ended %v after it was asked to; it last printed: %q", p, byeLimit, p.Output())
		}
	}
	return nil
}

// Messages returns what the hosts of the lab have sent to each other since time zero, as seen by
// the switch: one message is what TCP sends in one piece. Beyond sim.MaxMessages, the last one
// says from when on nothing was recorded.
func (w *World) Messages() []sim.Message { return w.lab.network.Recorded(w.zero, w.lab.Readers) }

// history returns the events so far, in the order of true time.
func (w *World) history() []sim.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	events := slices.Clone(w.events)
	slices.SortStableFunc(events, func(a, b sim.Event) int { return cmp.Compare(a.At, b.At) })
	return events
}
