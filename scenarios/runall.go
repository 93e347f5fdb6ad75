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

// ahead is how many more trials may have been run than were reported: a live trial can take
// thirty times as long as those beside it.
const ahead = 256

// RunAll runs trials on several workers and hands each to report in the order of the
// list, so what is reported does not depend on which worker was faster. It stops at the
// first error, of a trial or of report, or when ctx is cancelled; what was reported
// before stays reported, and a cancelled run reports what is finished but waited for its
// turn, in the order of the list as well. A trial that the machine was too slow for is tried again with no other
// beside it. Histories that wait for their turn are few, however many trials
// there are.
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
	early := map[int]done{} // finished before their turn; only ever looked up
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

// reportFinished reports those trials from an index on that were carried out.
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
