package scenarios

import (
	"cmp"
	"context"
	"sync"

	"github.com/locklab/locklab/sim"
)

// MaxJobs bounds how many trials may run side by side. Each holds a history and, in the live
// world, a dozen processes.
const MaxJobs = 256

// ahead is how many more trials may have been run than were reported, since one trial can take
// far longer than those beside it.
const ahead = 256

// RunAll runs trials on several workers and hands each to report: virtual trials in the order of
// the list, so what is reported does not depend on which worker was faster; live ones as soon as
// they are finished, so that a run that is killed has them all. RunAll stops at the first error, of
// a trial or of report, or when ctx is cancelled. What was reported before stays reported, and a
// cancelled run also reports what is finished but waited for its turn. A live trial that the machine
// was too slow for is tried again with no other beside it. Only few histories wait for their turn,
// however many trials there are.
func RunAll(ctx context.Context, trials []Trial, workers int, run func(context.Context, Trial) (*sim.History, error), report func(Judged) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers = min(workers, len(trials))
	var floor sync.RWMutex // whoever runs a trial is on it; who has it locked runs one alone
	try := func(ctx context.Context, t Trial, alone bool) (*sim.History, error) {
		if alone {
			floor.Lock()
			defer floor.Unlock()
		} else {
			floor.RLock()
			defer floor.RUnlock()
		}
		return run(ctx, t)
	}
	next, finished := make(chan int), make(chan done, workers+ahead)
	room := make(chan struct{}, workers+ahead) // a place for each trial that was begun and is not reported
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	for range workers {
		all.Go(func() {
			for i := range next {
				judged, err := trials[i].run(ctx, try)
				finished <- done{i, judged, err} // there is room for all that were begun
			}
		})
	}
	all.Go(func() { handOut(ctx, len(trials), next, room) })
	tell := func(j Judged) error {
		<-room
		return report(j)
	}
	waiting := turns{trials: trials, report: tell, early: map[int]Judged{}}
	for range trials {
		select {
		case d := <-finished:
			if d.err == nil {
				d.err = waiting.take(d)
			}
			if d.err != nil && ctx.Err() == nil {
				return d.err
			}
			if d.err == nil {
				continue
			}
		case <-ctx.Done():
		}
		all.Wait()
		close(finished)
		return cmp.Or(waiting.rest(finished), context.Cause(ctx))
	}
	return nil
}

// handOut gives the workers the numbers of all trials, as far as there is room.
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

// done is a trial that was run.
type done struct {
	index  int // in the list
	judged Judged
	err    error
}

// turns holds back trials that were finished before their turn.
type turns struct {
	trials []Trial
	report func(Judged) error
	early  map[int]Judged // by index in the list; only ever looked up
	next   int            // index of the trial whose turn it is
}

// take reports a live trial at once, and a virtual one as soon as all before it have been reported.
func (t *turns) take(d done) error {
	if t.trials[d.index].World == LiveWorld {
		return t.report(d.judged)
	}
	t.early[d.index] = d.judged
	for ; t.next < len(t.trials); t.next++ {
		if t.trials[t.next].World == LiveWorld {
			continue
		}
		judged, here := t.early[t.next]
		if !here {
			return nil
		}
		delete(t.early, t.next)
		if err := t.report(judged); err != nil {
			return err
		}
	}
	return nil
}

// rest reports all trials that are finished, whether it is their turn or not.
func (t *turns) rest(finished <-chan done) error {
	for d := range finished {
		if d.err == nil {
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
