package trial

import (
	"cmp"
	"context"
	"sync"

	"github.com/locklab/locklab/sim"
)

// MaxJobs bounds how many trials may run in parallel. Each holds a history and, in the live world,
// a dozen processes.
const MaxJobs = 256

// ahead is how many trials, on top of those that are running, may wait for an earlier one to be
// reported. It is large because one trial can take far longer than the others.
const ahead = 256

// RunAll runs trials on several workers and hands each to report. It reports virtual trials in the
// order of the list, so the reports do not depend on which worker was faster. It reports a live
// trial as soon as it is finished, so a run that is killed has every trial that it finished. Live
// trials for which the machine was too slow are tried again at the end, one after the other. RunAll
// stops at the first error of a trial or of report, or when ctx is cancelled; what it has reported
// by then stays reported. A cancelled run first reports the finished trials that were waiting for
// their turn. However many trials there are, only a limited number of histories wait.
func RunAll(ctx context.Context, trials []Trial, workers int, run func(context.Context, Trial) (*sim.History, error), report func(Judged) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers = min(workers, len(trials))
	next, finished := make(chan int), make(chan done, workers+ahead)
	room := make(chan struct{}, workers+ahead) // one token for each trial begun but not yet reported
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	for range workers {
		all.Go(func() {
			for i := range next {
				judged, err := trials[i].Try(ctx, run)
				judged.Index = i
				finished <- done{i, judged, err} // never blocks: it has room for every trial begun
			}
		})
	}
	all.Go(func() { handOut(ctx, len(trials), next, room) })
	waiting := turns{trials: trials, early: map[int]Judged{}, report: report, free: func() { <-room }}
	for range trials {
		select {
		case d := <-finished:
			if d.err == nil {
				if err := waiting.take(d); err != nil {
					return err
				}
				continue
			}
			if ctx.Err() == nil {
				return d.err
			}
		case <-ctx.Done():
		}
		all.Wait()
		close(finished)
		return cmp.Or(waiting.rest(finished), context.Cause(ctx))
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

// handOut sends the index of each trial to the workers, and waits while there is no room.
func handOut(ctx context.Context, trials int, next chan<- int, room chan<- struct{}) {
	defer close(next)
	for i := range trials {
		select {
		case room <- struct{}{}:
		case <-ctx.Done():
			return
		}
		select {
		case next <- i:
		case <-ctx.Done():
			return
		}
	}
}

// done is a trial that has been run.
type done struct {
	index  int // in the list of trials
	judged Judged
	err    error
}

// turns decides when a trial is reported.
type turns struct {
	trials []Trial
	report func(Judged) error
	free   func()         // makes room for another trial
	early  map[int]Judged // virtual trials finished before their turn, by index in the list; only ever looked up
	next   int            // index of the trial whose turn it is
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
	case t.trials[d.index].World == sim.LiveWorld:
		t.free()
		return t.report(d.judged)
	}
	t.early[d.index] = d.judged
	for ; t.next < len(t.trials); t.next++ {
		if t.trials[t.next].World == sim.LiveWorld {
			continue
		}
		judged, here := t.early[t.next]
		if !here {
			return nil
		}
		delete(t.early, t.next)
		t.free()
		if err := t.report(judged); err != nil {
			return err
		}
	}
	return nil
}

// rest reports all trials that are finished, whether it is their turn or not. It leaves out those
// that were to be tried again.
func (t *turns) rest(finished <-chan done) error {
	for d := range finished {
		if d.err == nil && !d.judged.tooSlow() {
			t.early[d.index] = d.judged
		}
	}
	for i := range t.trials {
		judged, here := t.early[i]
		if !here {
			continue
		}
		if err := t.report(judged); err != nil {
			return err
		}
	}
	return nil
}
