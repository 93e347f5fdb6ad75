package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios/claims"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/plaintext"
)

// Seeds that a run of everything takes for each point of a sweep, and for each cell that a claim
// rests on.
const (
	sweepSeeds = 10
	claimSeeds = 5
)

// runRest runs what a run of the whole suite includes besides the scenarios: the sweeps and the
// claims. Each shard has its part of the points; claims are weighed by all of their trials, by the
// last. What was finished before an interruption is kept.
func runRest(ctx context.Context, cmd *cobra.Command, jobs int, part trial.Shard, folder *results.Folder) error {
	known := script.Everything()
	sweeps, err := sweep.Builtin(known)
	if err != nil {
		return err
	}
	points := 0
	for _, s := range sweeps {
		points += part.Count(s.Total())
	}
	bar := console.NewProgress(cmd.ErrOrStderr(), "points of sweeps", points, console.Tenths)
	measured, err := reports.RunSweeps(ctx, sweeps, outcome.Seeds{First: 1, Last: sweepSeeds}, part, jobs, folder.Path, func(p sweep.Point) {
		bar.Step(p.Line + " at " + strconv.FormatFloat(p.X, 'f', -1, 64))
	})
	bar.Finish()
	folder.AddSweeps(measured)
	if err != nil || ctx.Err() != nil {
		return err
	}
	if part.Index < part.Of {
		return folder.AddClaims(nil)
	}
	sources, err := claims.Builtin(known)
	if err != nil {
		return fmt.Errorf("load the claims: %w", err)
	}
	weighed, _, err := claims.Weigh(ctx, sources, outcome.Seeds{First: 1, Last: claimSeeds}, jobs)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	return folder.AddClaims(terminal.ClaimRows(sources, weighed))
}

// whole reports whether the user asked to run everything.
func (o runOptions) whole(names []string) bool {
	return len(names)+len(o.backends)+len(o.guards)+len(o.except) == 0 && o.world == sim.VirtualWorld && o.ttl == 0
}

// restOutcome returns the worst outcome of the sweeps and claims, and says which of them are not as
// expected.
func restOutcome(set *results.Set) (worst outcome.Outcome, say []string) {
	note := func(o outcome.Outcome, format string, args ...any) {
		worst = max(worst, o)
		say = append(say, fmt.Sprintf(format, args...))
	}
	again := func(c results.Claim) string {
		words := []string{"locklab", "claims", c.ID}
		if c.World == sim.LiveWorld {
			words = append(words, "--world", c.World)
		}
		return plaintext.Shell(words...)
	}
	for _, s := range set.Sweeps {
		switch s.Outcome() {
		case outcome.NotAsExpected:
			note(outcome.NotAsExpected, "sweep %s contradicts what was derived: %s", s.Name, plaintext.Shell("locklab", "sweep", s.Name))
		case outcome.Undecided:
			note(outcome.Undecided, "sweep %s is undecided: %s", s.Name, plaintext.Shell("locklab", "sweep", s.Name))
		}
	}
	for _, c := range set.Claims {
		switch c.Verdict {
		case claims.Contradicted.String():
			note(outcome.NotAsExpected, "a trial contradicts what is stated about claim %s: %s", c.ID, again(c))
		case claims.Undecided.String():
			note(outcome.Undecided, "claim %s is undecided: %s", c.ID, again(c))
		}
	}
	return worst, say
}

// unfinished lists what runs were meant to do and did not.
func unfinished(set *results.Set) (missing []string) {
	if asked, finished := set.Asked(); finished < asked {
		missing = append(missing, fmt.Sprintf("%d of %d trials were finished", finished, asked))
	}
	for _, s := range set.Sweeps {
		if all := set.Shard().Count(s.Total()); len(s.Points) < all {
			missing = append(missing, fmt.Sprintf("%d of %d points of sweep %s were finished", len(s.Points), all, s.Name))
		}
	}
	for _, run := range set.Runs {
		if shards := run.MissingShards(); shards != "" {
			missing = append(missing, "missing: shard "+shards)
		}
	}
	for _, run := range set.Runs {
		// A run of everything creates its file of sweeps first and writes its claims last.
		if run.About.Trials > 0 && exists(run.Path, results.SweepsFile) && !exists(run.Path, results.ClaimsFile) {
			missing = append(missing, "sweeps and claims were not finished")
			break
		}
	}
	return missing
}

func exists(folder, file string) bool {
	_, err := os.Stat(filepath.Join(folder, file))
	return err == nil
}
