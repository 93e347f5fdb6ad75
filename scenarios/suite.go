package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/locklab/locklab/plaintext"
	"github.com/locklab/locklab/sim"
)

// Judged is a trial that has been run and judged.
type Judged struct {
	Trial   Trial
	Result  Result
	History *sim.History
}

// Recorded gives the history with the messages between hosts. A virtual trial is run again
// to record them: they are wanted of few. That is not interrupted, as the trial counts.
func (j Judged) Recorded() (*sim.History, error) {
	if j.Trial.World != VirtualWorld || j.History.Messages != nil {
		return j.History, nil
	}
	return j.Trial.SimulateRecorded(context.Background())
}

// RunAll runs trials on several workers and hands each to report in the order of the
// list, so what is reported does not depend on which worker was faster. It stops at the
// first error, of a trial or of report, or when ctx is cancelled; what was reported
// before stays reported.
func RunAll(ctx context.Context, trials []Trial, workers int, run func(context.Context, Trial) (*sim.History, error), report func(Judged) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type done struct {
		judged Judged
		err    error
	}
	finished := make([]chan done, len(trials))
	for i := range finished {
		finished[i] = make(chan done, 1)
	}
	next := make(chan int)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	for range min(workers, len(trials)) {
		all.Go(func() {
			for i := range next {
				judged, err := trials[i].run(ctx, run)
				finished[i] <- done{judged, err}
			}
		})
	}
	all.Go(func() {
		defer close(next)
		for i := range trials {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	for i := range trials {
		select {
		case d := <-finished[i]:
			finished[i] = nil
			if d.err != nil {
				return d.err
			}
			if err := report(d.judged); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// ByService puts live trials that want the same lock service next to each other, so that
// one that stands can be used again. Virtual trials, which are quick, come first and stay in
// their order.
func ByService(trials []Trial) []Trial {
	sorted := slices.Clone(trials)
	slices.SortStableFunc(sorted, func(a, b Trial) int {
		return cmp.Or(cmp.Compare(b.World, a.World), cmp.Compare(a.service(), b.service()))
	})
	return sorted
}

// service names the lock service of a live trial; empty in the virtual world.
func (t Trial) service() string {
	if t.World != LiveWorld {
		return ""
	}
	return fmt.Sprint(t.Backend.Backend.Name(), t.TTL, t.Scenario.Lock, t.Backend)
}

// Available parts the trials that make sense and can be run on this machine from those that
// do not or cannot.
func Available(trials []Trial) (can, cannot []Trial) {
	var last Trial
	var why error
	for i, t := range trials {
		if i == 0 || t.Scenario != last.Scenario || t.Cell() != last.Cell() {
			why = cmp.Or(t.NotApplicable(), t.Unavailable())
		}
		last = t
		if why == nil {
			can = append(can, t)
		} else {
			cannot = append(cannot, t)
		}
	}
	return can, cannot
}

// Replay is the command that runs this one trial again, as a shell takes it. file is the
// scenario's file when it is not a built-in one.
func (r Result) Replay(file string) string {
	name := r.Scenario
	if file != "" {
		name = file
	}
	if strings.HasPrefix(name, "-") {
		name = "./" + name // which is no flag
	}
	words := []string{
		"locklab", "run", name, "--backend", r.Backend, "--guard", r.Guard, "--discipline", r.Discipline, "--world", r.World,
		"--seeds", fmt.Sprintf("%d..%d", r.Seed, r.Seed), "--ttl", r.TTL.String(),
	}
	return plaintext.Shell(append(words, r.Arguments...)...)
}
