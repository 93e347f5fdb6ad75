package lab

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/lab/internal/liveworld"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// runOptions holds the flags of `locklab run`.
type runOptions struct {
	backends, guards []string
	disciplines      []string
	except           []string
	parsed           []script.Discipline // from disciplines
	world, seeds     string
	ttl              time.Duration
	out              string
	jobs, keep       int
	asLive           bool
	shard            string
	part             trial.Shard // from shard
	resume           string
	attach           []string
	servers          liveworld.ServerFlags
	format           *console.FormatFlag
	profiles         console.Profiles
}

// liveJobs is how many live trials run side by side by default. They mostly wait, but each has a
// handful of processes.
const liveJobs = 3

func runCommand() *cobra.Command {
	o := runOptions{format: console.TableFormat()}
	c := &cobra.Command{
		Use:   "run [battery|SCENARIO|FILE...]",
		Short: "Run scenarios, judge them, and draw what happened",
		Long: `Run runs each scenario with each lock service under each guard of the account and
with clients of each discipline, with several seeds, and compares what was found with what the scenario expects.
Without a name, it runs all built-in scenarios. The name battery stands for those that do the
same to every lock service.

It prints a table of cells and writes to OUT/<time of the run>, with OUT/latest
pointing to the newest: results.jsonl (a row a trial), histories/ (of the first
trial of each cell, of the first that shows what chance brings about in some, and
of trials that are not as expected, up to 5 a cell; with --keep, of the first so many
and up to 5 more),
charts/ (charts of all trials, and timelines of one trial of each scenario and of
those that are not as expected) and the page index.html, with the timelines of all.

With --shard 3/8 it runs the third of eight equal parts, each of which can be run on
another machine. locklab report puts them together again. --resume goes on with a run
that was killed or interrupted, in its folder, and takes all options from there.

While it runs it says how each scenario came out. --cpuprofile and --memprofile say
where it spends its time and its memory.`,
		Example: `  locklab run
  locklab run gc-pause --backend redis --guard none
  locklab run gc-pause --world live
  locklab run battery --world both
  locklab run my-scenario.yaml --seeds 100
  locklab run --seeds 1000 --shard 3/8
  locklab run --resume out/latest`,
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.resume != "" {
				return resume(cmd, args, o)
			}
			return o.run(cmd, args)
		},
	}
	o.register(c)
	return c
}

// worlds returns the values of --world.
func worlds() []string {
	return []string{sim.VirtualWorld, sim.LiveWorld, outcome.BothWorlds}
}

func (o runOptions) run(cmd *cobra.Command, names []string) error {
	if err := errors.Join(o.explicit(cmd), o.profiles.Check()); err != nil {
		return err
	}
	if o.world != sim.VirtualWorld || o.asLive {
		if err := liveworld.HandOver(); err != nil {
			return err
		}
	}
	if err := o.servers.Apply(); err != nil {
		return err
	}
	attached, err := liveworld.ParseAttach(o.attach, o.world)
	if err != nil {
		return err
	}
	trials, err := o.trials(names, attached)
	if err != nil {
		return err
	}
	trials, missing := trials.Available()
	if len(trials) == 0 {
		return trial.Nothing(missing.Firsts())
	}
	shard, err := shardOf(o.part, trials.Len(), "trials")
	if err != nil {
		return err
	}
	if o.world != sim.VirtualWorld {
		if entered, err := enterLive(attached); entered || err != nil {
			return err
		}
	}
	finish, err := o.profiles.Start()
	if err != nil {
		return err
	}
	played := o.playAll(cmd, names, trials, missing, shard)
	if err := finish(); err != nil {
		return err // and not the exit status alone
	}
	return played
}

// trials lists the trials to run. It finds anything wrong with them before something is run or
// written.
func (o *runOptions) trials(names []string, attached liveworld.Attached) (trial.List, error) {
	seeds, err := o.check()
	if err != nil {
		return nil, err
	}
	all, err := load(names)
	if err != nil {
		return nil, err
	}
	if all, err = without(all, o.except); err != nil {
		return nil, err
	}
	choice := trial.Selection{
		Backends: o.backends, Guards: o.guards, Disciplines: o.parsed, World: o.world, Seeds: seeds, TTL: o.ttl,
		AsLive: o.asLive, Servers: append(liveworld.AttachArguments(o.attach), o.servers.Arguments()...),
		Replace: attached.Replace(),
	}
	if o.world == outcome.BothWorlds {
		return choice.InBothWorlds(all)
	}
	return choice.List(all)
}

// explicit refuses values that were given but would have no effect or be out of range.
func (o *runOptions) explicit(cmd *cobra.Command) error {
	if cmd.Flags().Changed("ttl") && o.ttl == 0 {
		return fmt.Errorf("--ttl is 0s, expected a lease between 1ms and 1000h")
	}
	// With --as-live, virtual trials follow the servers and need their flags to be run again.
	if given := o.servers.Arguments(); len(given) > 0 && o.world == sim.VirtualWorld && !o.asLive {
		return fmt.Errorf("%s needs --world %s or %s, or --as-live: only live trials have servers", given[0], sim.LiveWorld, outcome.BothWorlds)
	}
	if o.keep < 0 || o.keep > maxKeep {
		return fmt.Errorf("--keep is %d, expected 1 to %d", o.keep, maxKeep)
	}
	if err := console.RefuseZero(cmd, "keep"); err != nil {
		return err
	}
	return console.RefuseZero(cmd, "jobs")
}

// maxKeep bounds how many histories of a cell the user can ask for: each of them is drawn and
// becomes part of the page.
const maxKeep = 1000

// check fills in defaults and refuses impossible values.
func (o *runOptions) check() (outcome.Seeds, error) {
	none := outcome.Seeds{}
	if !slices.Contains(worlds(), o.world) {
		return none, fmt.Errorf("--world is %q, expected %s", o.world, words.Or(worlds()...))
	}
	if o.asLive && o.world != sim.VirtualWorld {
		return none, fmt.Errorf("--as-live needs --world virtual; --world both always does this")
	}
	if o.seeds == "" {
		o.seeds = map[string]string{sim.VirtualWorld: "20", sim.LiveWorld: "1", outcome.BothWorlds: "1"}[o.world]
	}
	for _, b := range o.backends {
		if _, err := services.Registry().ParseSpec(b); err != nil {
			return none, fmt.Errorf("--backend: %w", err)
		}
	}
	for _, g := range o.guards {
		if err := script.CheckGuard(g); err != nil {
			return none, fmt.Errorf("--guard: %w", err)
		}
	}
	for _, text := range o.disciplines {
		d, err := script.ParseDiscipline(text)
		if err != nil {
			return none, fmt.Errorf("--discipline: %w", err)
		}
		o.parsed = append(o.parsed, d)
	}
	seeds, err := outcome.ParseSeeds(o.seeds)
	if err != nil {
		return none, fmt.Errorf("--seeds: %w", err)
	}
	if o.ttl != 0 && (o.ttl < time.Millisecond || o.ttl > 1000*time.Hour) {
		return none, fmt.Errorf("--ttl is %v, expected a lease between 1ms and 1000h", o.ttl)
	}
	if o.shard != "" {
		if o.part, err = trial.ParseShard(o.shard); err != nil {
			return none, fmt.Errorf("--shard: %w", err)
		}
	}
	if err := console.CheckJobs(o.jobs); err != nil {
		return none, err
	}
	if o.jobs == 0 {
		o.jobs = map[string]int{sim.VirtualWorld: runtime.GOMAXPROCS(0), sim.LiveWorld: liveJobs, outcome.BothWorlds: liveJobs}[o.world]
	}
	return seeds, nil
}
