package trial

import (
	"context"
	"sync"
)

// SideBySide does a number of tasks on several workers and hands the result of each to report, in the
// order of the tasks, so that what is reported does not depend on which worker was faster. It stops at
// the first error of a task or of report, or when ctx is cancelled; what it has reported by then stays
// reported.
func SideBySide[T any](ctx context.Context, tasks, workers int, do func(ctx context.Context, task int) (T, error), report func(task int, result T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		result T
		err    error
	}
	done := make([]chan outcome, tasks)
	for i := range done {
		done[i] = make(chan outcome, 1)
	}
	next := make(chan int, tasks)
	for i := range tasks {
		next <- i
	}
	close(next)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	for range min(workers, tasks) {
		all.Go(func() {
			for i := range next {
				if ctx.Err() != nil {
					return
				}
				result, err := do(ctx, i)
				done[i] <- outcome{result, err} // never blocks: it has room for one
			}
		})
	}
	for i := range tasks {
		select {
		case o := <-done[i]:
			if o.err != nil {
				return o.err
			}
			if err := report(i, o.result); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
