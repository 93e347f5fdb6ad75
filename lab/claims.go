package lab

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/lab/internal/liveworld"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/claims"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// claimsOptions holds the flags of `locklab claims`.
type claimsOptions struct {
	world, seeds string
	jobs         int
	out          string
	attach       []string
	servers      liveworld.ServerFlags
	numbers      bool
	format       *console.FormatFlag
}

func claimsCommand() *cobra.Command {
	o := claimsOptions{format: console.TableFormat()}
	c := &cobra.Command{
		Use:   "claims [ID...]",
		Short: "Measure what people have claimed about locks",
		Long: `Claims runs the trials that decide the published claims about distributed locks,
and prints for each claim who made it, what it says, what the trials show, and the
figures. Kleppmann's and antirez's lists stand side by side, and so do the two senses in
which they call a lock broken.

With IDs, it covers only these claims.

With --world live the trials are run with real servers and clients. A claim is decided
there if the live world can run every trial it needs; otherwise the report says what is
not available. Figures of the two worlds are never counted together. Results are written to
OUT/<time of the run>, with OUT/latest pointing to the newest, as run writes them.

With --numbers it measures published numbers and closed forms instead, value by value:
what was published or derived, what is measured in the virtual world, and within what.

Exit status: 0 everything as the files of claims and numbers state, 1 a measurement
contradicts them, 2 undecided or interrupted, 3 bad input or a failure of locklab itself.`,
		Example: "  locklab claims\n  locklab claims K4 A6\n  locklab claims K4 --world live\n  locklab claims --numbers\n  locklab claims --format md",
		RunE: func(cmd *cobra.Command, ids []string) error {
			return o.run(cmd, ids)
		},
		ValidArgsFunction: completeClaims,
	}
	f := c.Flags()
	f.StringVar(&o.world, "world", sim.VirtualWorld, words.Or(sim.VirtualWorld, sim.LiveWorld))
	f.StringVar(&o.seeds, "seeds", "", "how many seeds, such as 20, or which, such as 7..9 (default: 5 virtual, 1 live; 40 for numbers)")
	f.IntVar(&o.jobs, "jobs", 0, fmt.Sprintf("trials to run in parallel (default: one per processor virtual, %d live)", liveJobs))
	f.StringVar(&o.out, "out", "out", "folder for results (live)")
	f.BoolVar(&o.numbers, "numbers", false, "published numbers and closed forms instead of claims")
	f.String("shard", "", "")
	if err := f.MarkHidden("shard"); err != nil {
		panic(err) // there is no such flag: a bug in this program
	}
	liveworld.RegisterAttach(c, &o.attach)
	o.servers.Register(c)
	o.format.Register(c)
	console.Complete(c, "world", sim.VirtualWorld, sim.LiveWorld)
	return c
}

func (o claimsOptions) run(cmd *cobra.Command, ids []string) error {
	seeds, err := o.check(cmd)
	if err != nil {
		return err
	}
	if o.numbers {
		return o.measureNumbers(cmd, ids, seeds)
	}
	sources, err := claims.Builtin(script.Everything())
	if err != nil {
		return fmt.Errorf("load the claims: %w", err)
	}
	if len(ids) > 0 {
		if sources, err = onlyClaims(sources, ids); err != nil {
			return err
		}
	}
	if o.world == sim.LiveWorld {
		return o.runLive(cmd, sources, seeds)
	}
	ctx, stop := console.UntilStopped(cmd.Context())
	defer stop()
	weighed, run, err := claims.Weigh(ctx, sources, seeds, o.jobs)
	if err != nil && ctx.Err() != nil {
		return &statusError{statusUndecided, "interrupted: the claims were not weighed"}
	}
	if err != nil {
		return err
	}
	console.NothingToSave()
	out := cmd.OutOrStdout()
	if err := terminal.Claims(out, sources, weighed, run, o.format.Options(out)); err != nil {
		return err
	}
	return claimsStatus(weighed)
}

// check fills in defaults and refuses what is impossible or would have no effect.
func (o *claimsOptions) check(cmd *cobra.Command) (outcome.Seeds, error) {
	none := outcome.Seeds{}
	if known := []string{sim.VirtualWorld, sim.LiveWorld}; !slices.Contains(known, o.world) {
		return none, fmt.Errorf("--world is %q, expected %s", o.world, words.Or(known...))
	}
	if cmd.Flags().Changed("shard") {
		return none, errors.New("--shard is for `locklab run` and `locklab sweep`: a claim is weighed by all of its trials together; name fewer claims instead, such as K4")
	}
	live := o.world == sim.LiveWorld
	if given := o.servers.Arguments(); len(given) > 0 && !live {
		return none, fmt.Errorf("%s needs --world %s: only live trials have servers", given[0], sim.LiveWorld)
	}
	if cmd.Flags().Changed("out") && !live {
		return none, fmt.Errorf("--out needs --world %s: no files are kept of virtual trials, which can be rerun at any time", sim.LiveWorld)
	}
	if o.numbers && live {
		return none, fmt.Errorf("--numbers is for --world %s: the live world does not measure to the millisecond", sim.VirtualWorld)
	}
	if !live {
		if _, err := liveworld.ParseAttach(o.attach, o.world); err != nil {
			return none, err
		}
	}
	if o.seeds == "" {
		o.seeds = map[bool]string{false: "5", true: "1"}[live]
		if o.numbers {
			o.seeds = numberSeeds
		}
	}
	seeds, err := outcome.ParseSeeds(o.seeds)
	if err != nil {
		return none, fmt.Errorf("--seeds: %w", err)
	}
	if err := errors.Join(console.RefuseZero(cmd, "jobs"), console.CheckJobs(o.jobs)); err != nil {
		return none, err
	}
	if o.jobs == 0 {
		o.jobs = map[bool]int{false: runtime.GOMAXPROCS(0), true: liveJobs}[live]
	}
	return seeds, nil
}

// claimsStatus returns the exit status of the worst claim.
func claimsStatus(results []claims.Result) error {
	has := func(v claims.Verdict) bool {
		return slices.ContainsFunc(results, func(r claims.Result) bool { return r.Verdict == v })
	}
	if has(claims.Contradicted) {
		return &statusError{status: statusNotAsExpected}
	}
	if has(claims.Undecided) {
		return &statusError{status: statusUndecided}
	}
	return nil
}

// onlyClaims narrows the sources down to the claims with these ids.
func onlyClaims(sources []claims.Source, ids []string) ([]claims.Source, error) {
	var out []claims.Source
	var found []string
	for _, s := range sources {
		narrowed := s
		narrowed.Claims = nil
		for _, c := range s.Claims {
			if slices.Contains(ids, c.ID) {
				narrowed.Claims = append(narrowed.Claims, c)
				found = append(found, c.ID)
			}
		}
		if narrowed.Claims != nil {
			out = append(out, narrowed)
		}
	}
	for _, id := range ids {
		if !slices.Contains(found, id) {
			return nil, fmt.Errorf("there is no claim %q, expected ids such as %s; `locklab claims` shows them all", id, strings.Join(firstIDs(sources), ", "))
		}
	}
	return out, nil
}

// firstIDs returns the id of each source's first claim.
func firstIDs(sources []claims.Source) (ids []string) {
	for _, s := range sources {
		ids = append(ids, s.Claims[0].ID)
	}
	return ids
}

func completeClaims(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	if sources, err := claims.Builtin(script.Everything()); err == nil {
		for _, s := range sources {
			for _, c := range s.Claims {
				ids = append(ids, c.ID+"\t"+c.Says)
			}
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
