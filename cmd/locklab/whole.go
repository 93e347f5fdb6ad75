package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/reports"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios"
)

// A run of everything takes this many seeds for each point of a sweep, and for each cell
// that a claim rests on.
const (
	sweepSeeds = 10
	claimSeeds = 5
)

// runRest runs what a run of the whole suite has besides: the sweeps and the claims. What
// was finished before an interruption is kept.
func runRest(ctx context.Context, cmd *cobra.Command, folder *results.Folder) error {
	known := scenarios.Everything()
	sweeps, err := scenarios.BuiltinSweeps(known)
	if err != nil {
		return err
	}
	points := 0
	for _, s := range sweeps {
		points += s.Points()
	}
	bar := newProgress(cmd.ErrOrStderr(), "points of sweeps", points, false)
	measured, err := reports.RunSweeps(ctx, sweeps, scenarios.Seeds{First: 1, Last: sweepSeeds}, runtime.GOMAXPROCS(0), folder.Path, func(p scenarios.SweepPoint) {
		bar.step(p.Line + " at " + strconv.FormatFloat(p.X, 'f', -1, 64))
	})
	bar.finish()
	folder.AddSweeps(measured)
	if err != nil || ctx.Err() != nil {
		return err
	}
	sources, err := scenarios.BuiltinClaims(known)
	if err != nil {
		return fmt.Errorf("load the claims: %w", err)
	}
	weighed, _, err := scenarios.WeighClaims(ctx, sources, scenarios.Seeds{First: 1, Last: claimSeeds}, runtime.GOMAXPROCS(0))
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	return folder.AddClaims(terminal.ClaimRows(sources, weighed))
}

// whole tells whether everything is to be run.
func (o runOptions) whole(names []string) bool {
	return len(names)+len(o.backends)+len(o.guards) == 0 && o.world == scenarios.VirtualWorld && o.ttl == 0
}

// restStatus is the exit status that sweeps and claims give.
func restStatus(set *results.Set) error {
	var bad []error
	for _, s := range set.Sweeps {
		if s.Outcome() == scenarios.NotAsExpected {
			bad = append(bad, fmt.Errorf("sweep %s contradicts what was derived: locklab sweep %s", s.Name, s.Name))
		}
	}
	for _, c := range set.Claims {
		if c.Verdict == scenarios.ClaimContradicted.String() {
			bad = append(bad, fmt.Errorf("a trial contradicts what is stated of claim %s: locklab claims %s", c.ID, c.ID))
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return &statusError{statusNotAsExpected, errors.Join(bad...).Error()}
}
