package scenarios

import (
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
// before stays reported. A trial that the machine was too slow for is tried again with no other
// beside it. Histories that wait for their turn are few, however many trials
// there are.
func RunAll(ctx context.Context, trials []Trial, workers int, run func(context.Context, Trial) (*sim.History, error), report func(Judged) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers = min(workers, len(trials))
	type done struct {
		index  int
		judged Judged
		err    error
	}
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
				select {
				case finished <- done{i, judged, err}:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	all.Go(func() {
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
	})
	early := map[int]done{} // finished before their turn; only ever looked up
	for i := range trials {
		d, here := early[i]
		for !here {
			select {
			case d = <-finished:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			if here = d.index == i; !here {
				early[d.index] = d
			}
		}
		delete(early, i)
		<-room
		if d.err != nil {
			return d.err
		}
		if err := report(d.judged); err != nil {
			return err
		}
	}
	return nil
}
