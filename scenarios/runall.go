package scenarios

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
// reported. It is large because a live trial can take thirty times as long as the others.
const ahead = 256

// RunAll runs trials on several workers and hands each to report in the order of the list, so the
// reports do not depend on which worker was faster. It stops at the first error of a trial or of
// report, or when ctx is cancelled; what it has reported by then stays reported. A cancelled run
// first reports the finished trials that were waiting for their turn, also in the order of the
// list. A trial for which the machine was too slow is tried again with no other trial running.
// However many trials there are, only a limited number of histories wait for their turn.
func RunAll(ctx context.Context, trials []Trial, workers int, run func(context.Context, Trial) (*sim.History, error), report func(Judged) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers = min(workers, len(trials))
	var floor sync.RWMutex // read-locked by each running trial; write-locked by one that runs alone
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
	room := make(chan struct{}, workers+ahead) // one token for each trial begun but not yet reported
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	for range workers {
		all.Go(func() {
			for i := range next {
				judged, err := trials[i].run(ctx, try)
				finished <- done{i, judged, err} // never blocks: it has room for every trial begun
			}
		})
	}
	all.Go(func() { handOut(ctx, len(trials), next, room) })
	early := map[int]done{} // finished before their turn; never ranged over, so the order cannot vary
	interrupted := func(turn int) error {
		all.Wait()
		close(finished)
		for d := range finished {
			early[d.index] = d
		}
		return cmp.Or(reportFinished(early, turn, len(trials), report), context.Cause(ctx))
	}
	for i := range trials {
		for {
			if _, here := early[i]; here {
				break
			}
			select {
			case d := <-finished:
				early[d.index] = d
			case <-ctx.Done():
				return interrupted(i)
			}
		}
		d := early[i]
		if d.err != nil && ctx.Err() != nil {
			return interrupted(i)
		}
		delete(early, i)
		<-room
		if d.err == nil {
			d.err = report(d.judged)
		}
		if d.err != nil {
			return d.err
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

// reportFinished reports the trials in early with an index of at least from and below to, except
// those that failed.
func reportFinished(early map[int]done, from, to int, report func(Judged) error) error {
	for i := from; i < to; i++ {
		if d, here := early[i]; here && d.err == nil {
			if err := report(d.judged); err != nil {
				return err
			}
		}
	}
	return nil
}
