package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Judged is a trial that has been run and judged.
type Judged struct {
	Trial   Trial
	Result  Result
	History *sim.History
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

// InOrder gives what has been judged in the order of the trials.
func InOrder(judged []Judged, trials []Trial) []Judged {
	type which struct {
		claimCell
		world string
		ttl   time.Duration
	}
	place := map[which]int{}
	key := func(t Trial) which { return which{cellOf(t), t.World, t.TTL} }
	for i, t := range trials {
		place[key(t)] = i
	}
	sorted := slices.Clone(judged)
	slices.SortStableFunc(sorted, func(a, b Judged) int {
		return cmp.Compare(place[key(a.Trial)], place[key(b.Trial)])
	})
	return sorted
}

func (t Trial) run(ctx context.Context, run func(context.Context, Trial) (*sim.History, error)) (Judged, error) {
	history, err := run(ctx, t)
	if err != nil && t.World == LiveWorld && ctx.Err() == nil {
		// Real servers and processes fail for reasons of their own; the other trials go on.
		return Judged{Trial: t, Result: t.failed(err)}, nil
	}
	if err != nil {
		return Judged{}, err
	}
	return Judged{Trial: t, Result: t.Judge(history), History: history}, nil
}

// Summarize counts the results of each cell, in the order in which the cells first
// appear. results[i] must belong to trials[i].
func Summarize(judged []Judged) []Summary {
	var out []Summary
	for _, j := range judged {
		s := summaryOf(j.Trial)
		i := len(out) - 1 // trials come cell by cell, so it is nearly always the last
		for i >= 0 && !out[i].sameCell(s) {
			i--
		}
		if i < 0 {
			out = append(out, newSummary(j.Trial))
			i = len(out) - 1
		}
		out[i].add(j.Result)
	}
	for i := range out {
		for _, t := range out[i].Tallies {
			if t.Missed() {
				out[i].Outcome = NotAsExpected
			}
		}
	}
	return out
}

// Missed tells whether what was expected to happen by chance in some trials happened in
// none, although there were Enough.
func (t Tally) Missed() bool {
	return t.Sometimes && t.Violated == 0 && t.Holds >= Enough
}

// Available parts the trials that can be run on this machine from the cells that cannot,
// each of which says why.
func Available(trials []Trial) (can []Trial, cannot []Summary) {
	for _, t := range trials {
		why := t.Unavailable()
		if why == nil {
			can = append(can, t)
			continue
		}
		s := newSummary(t)
		s.Unavailable = why.Error()
		if n := len(cannot); n == 0 || !cannot[n-1].sameCell(s) {
			cannot = append(cannot, s)
		}
	}
	return can, cannot
}

func (s Summary) sameCell(o Summary) bool {
	return s.Scenario == o.Scenario && s.Backend == o.Backend && s.Guard == o.Guard && s.World == o.World
}

// summaryOf is a summary that only names the cell of a trial.
func summaryOf(t Trial) Summary {
	return Summary{Scenario: t.Scenario.Name, Backend: t.Backend.String(), Guard: string(t.Guard), World: t.World}
}

func newSummary(t Trial) Summary {
	s := summaryOf(t)
	for _, p := range check.Properties() {
		s.Tallies = append(s.Tallies, Tally{Property: p})
	}
	for _, want := range t.Scenario.Expected(s.Backend, s.Guard) {
		for i := range s.Tallies {
			if s.Tallies[i].Property == want.Property {
				s.Tallies[i].Expected, s.Tallies[i].Because, s.Tallies[i].Sometimes = &want.Verdict, want.Because, want.Sometimes
			}
		}
	}
	return s
}

func (s *Summary) add(r Result) {
	s.Trials++
	s.Outcome = max(s.Outcome, r.Outcome)
	for i := range s.Tallies {
		switch r.Finding(s.Tallies[i].Property).Verdict {
		case check.Holds:
			s.Tallies[i].Holds++
		case check.Violated:
			s.Tallies[i].Violated++
		default:
			s.Tallies[i].Undecided++
		}
	}
}

// Replay is the command that runs this one trial again. file is the scenario's file when
// it is not a built-in one.
func (r Result) Replay(file string) string {
	name := r.Scenario
	if file != "" {
		name = file
	}
	return fmt.Sprintf("locklab run %s --backend %s --guard %s --world %s --seeds %d..%d --ttl %s",
		name, r.Backend, r.Guard, r.World, r.Seed, r.Seed, r.TTL)
}
