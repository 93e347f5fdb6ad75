package trial

import (
	"cmp"
	"context"
	"iter"
	"sync"

	"github.com/locklab/locklab/sim"
)

// MaxJobs bounds how many trials may run in parallel. Each holds a history and, in the live world,
// a dozen processes.
const MaxJobs = 256

// ahead is how many trials, on top of those that are running, may wait for an earlier one to be
// reported. It is large because one trial can take far longer than the others.
const ahead = 256

// MostWaiting is how many finished virtual trials there can be, at most, that an interrupted run
// reports before their turn.
const MostWaiting = MaxJobs + ahead

// RunAll runs trials on several workers and hands each to report. It reports virtual trials in their
// order, so the reports do not depend on which worker was faster. It reports a live trial as soon as
// it is finished, so a run that is killed has every trial that it finished. Live trials for which the
// machine was too slow are tried again at the end, one after the other. RunAll stops at the first
// error of a trial or of report, or when ctx is cancelled; what it has reported by then stays
// reported. A cancelled run first reports the finished trials that were waiting for their turn.
// However many trials there are, only a limited number of them, and of their histories, are in
// memory.
func RunAll(ctx context.Context, trials iter.Seq[Trial], workers int, run func(context.Context, Trial) (*sim.History, error), report func(Judged) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next, finished := make(chan begun), make(chan done, workers+ahead)
	room := make(chan struct{}, workers+ahead) // one token for each trial begun but not yet reported
	var all, working sync.WaitGroup
	defer all.Wait()
	defer cancel()
	for range workers {
		working.Go(func() {
			for b := range next {
				judged, err := b.trial.Try(ctx, run)
				judged.Index = b.index
				finished <- done{b.turn, judged, err} // never blocks: it has room for every trial begun
			}
		})
	}
	complete := false // before finished is closed: every trial was begun
	all.Go(func() {
		complete = handOut(ctx, trials, next, room)
		working.Wait()
		close(finished)
	})
	waiting := turns{early: map[int]Judged{}, report: report, free: func() { <-room }}
	for running := true; running; {
		select {
		case d, more := <-finished:
			if more && d.err == nil {
				if err := waiting.take(d); err != nil {
					return err
				}
				continue
			}
			if more && ctx.Err() == nil {
				return d.err
			}
			running = more || !complete
		case <-ctx.Done():
		}
		if running {
			return cmp.Or(waiting.rest(finished), context.Cause(ctx))
		}
	}
	for _, j := range waiting.slow {
		judged, err := j.again(ctx, run)
		if err == nil {
			err = report(judged)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begun is a trial that a worker is to run.
type begun struct {
	trial Trial
	index int // among all trials
	turn  int // among the virtual ones, or noTurn
}

// noTurn is the turn of live trials, which are reported in no order.
const noTurn = -1

// handOut sends each trial to the workers, and waits while there is no room. It reports whether it
// has sent all.
func handOut(ctx context.Context, trials iter.Seq[Trial], next chan<- begun, room chan<- struct{}) bool {
	defer close(next)
	index, turn := 0, 0
	for t := range trials {
		b := begun{t, index, noTurn}
		if index++; t.World != sim.LiveWorld {
			b.turn = turn
			turn++
		}
		select {
		case room <- struct{}{}:
		case <-ctx.Done():
			return false
		}
		select {
		case next <- b:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// done is a trial that has been run.
type done struct {
	turn   int
	judged Judged
	err    error
}

// turns decides when a trial is reported.
type turns struct {
	report func(Judged) error
	free   func()         // makes room for another trial
	early  map[int]Judged // virtual trials finished before their turn; only ever looked up
	next   int            // whose turn it is
	slow   []Judged       // live trials to be tried again
}

// take reports a live trial at once, unless it is to be tried again, and a virtual one as soon as
// all before it have been reported.
func (t *turns) take(d done) error {
	switch {
	case d.judged.tooSlow():
		d.judged.History = nil // the next try has another
		t.slow = append(t.slow, d.judged)
		t.free()
		return nil
	case d.turn == noTurn:
		t.free()
		return t.report(d.judged)
	}
	t.early[d.turn] = d.judged
	for {
		judged, here := t.early[t.next]
		if !here {
			return nil
		}
		delete(t.early, t.next)
		t.next++
		t.free()
		if err := t.report(judged); err != nil {
			return err
		}
	}
}

// rest reports all trials that are finished, whether it is their turn or not. It leaves out those
// that failed or were to be tried again.
func (t *turns) rest(finished <-chan done) error {
	for d := range finished {
		switch {
		case d.err != nil || d.judged.tooSlow():
		case d.turn == noTurn:
			if err := t.report(d.judged); err != nil {
				return err
			}
		default:
			t.early[d.turn] = d.judged
		}
	}
	for turn := t.next; len(t.early) > 0; turn++ {
		judged, here := t.early[turn]
		if !here {
			continue
		}
		delete(t.early, turn)
		if err := t.report(judged); err != nil {
			return err
		}
	}
	return nil
}
