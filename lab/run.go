package lab

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/lab/liveworld"
	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/scenarios/workload"
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
	attach           []string
	servers          liveworld.ServerFlags
	format           *formatFlag
}

// liveJobs is how many live trials run side by side by default. They mostly wait, but each has a
// handful of processes.
const liveJobs = 3

func runCommand() *cobra.Command {
	o := runOptions{format: tableFormat()}
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
charts/ (timelines of these as SVG, and as PNG for one trial of each scenario and
for those that are not as expected; charts of all trials) and the page index.html.`,
		Example: `  locklab run
  locklab run gc-pause --backend redis --guard none
  locklab run gc-pause --world live
  locklab run battery --world both
  locklab run my-scenario.yaml --seeds 100`,
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd, args)
		},
	}
	f := c.Flags()
	f.StringSliceVar(&o.backends, "backend", nil, "lock services to run, such as redis or redis+renew; locklab list names them all (default: those of the scenario)")
	f.StringSliceVar(&o.guards, "guard", nil, "guards of the account to run: "+words.Or(ledger.AllGuards()...)+" (default: those of the scenario)")
	f.StringSliceVar(&o.disciplines, "discipline", nil, "disciplines of the clients to run: attentive, heedless or late=DURATION (default: those of the scenario)")
	f.StringSliceVar(&o.except, "except", nil, "scenarios to leave out, such as charge-crashes,healthy-cluster")
	f.StringVar(&o.world, "world", sim.VirtualWorld, words.Or(worlds()...)+"; with "+outcome.BothWorlds+", every cell is run in each of them and they are compared")
	f.StringVar(&o.seeds, "seeds", "", "how many seeds, such as 20, or which, such as 7..9 (default: 20 virtual, 1 live; with both worlds: of the live one)")
	f.DurationVar(&o.ttl, "ttl", 0, "the lease (default: the scenario's in the virtual world, 2s in the live one)")
	f.BoolVar(&o.asLive, "as-live", false, "run virtual trials with the options of this machine's servers, as --world both does")
	f.StringVar(&o.out, "out", "out", "folder for results")
	f.IntVar(&o.keep, "keep", 0, fmt.Sprintf("how many histories of each cell to keep at least, at most %d (default: one, and up to %d of trials that are not as expected)", maxKeep, results.MaxKept))
	liveworld.RegisterAttach(c, &o.attach)
	o.servers.Register(c)
	o.format.register(c)
	f.IntVar(&o.jobs, "jobs", 0, fmt.Sprintf("trials to run in parallel (default: one per processor virtual, %d live)", liveJobs))
	complete(c, "world", worlds()...)
	var guards, locks []string
	for _, g := range ledger.AllGuards() {
		guards = append(guards, string(g)+"\t"+g.Rule())
	}
	for _, b := range services.Registry() {
		locks = append(locks, b.Name()+"\t"+b.Title())
	}
	complete(c, "guard", guards...)
	complete(c, "backend", locks...)
	complete(c, "discipline", string(workload.Attentive), string(workload.Heedless), string(workload.Late)+"=0.5ttl")
	return c
}

// worlds returns the values of --world.
func worlds() []string {
	return []string{sim.VirtualWorld, sim.LiveWorld, outcome.BothWorlds}
}

// complete registers fixed values of a flag for shell completion.
func complete(c *cobra.Command, flag string, values ...string) {
	err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // there is no such flag: a bug in this program
	}
}

func (o runOptions) run(cmd *cobra.Command, names []string) error {
	if err := o.explicit(cmd); err != nil {
		return err
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
	trials, missing := trial.Available(trials)
	if len(trials) == 0 {
		return trial.Nothing(missing)
	}
	if o.world != sim.VirtualWorld {
		if entered, err := enterLive(attached); entered || err != nil {
			return err
		}
	}
	ctx, stop := untilStopped(cmd.Context())
	defer stop()
	folder, err := results.NewFolder(o.out, results.About{
		Command: append([]string{"locklab", "run"}, os.Args[min(2, len(os.Args)):]...),
		Version: version(), Go: runtime.Version(), Started: time.Now(),
		World: o.world, Seeds: o.seeds, Trials: len(trials), Scenarios: trial.Cards(trials, missing),
	})
	if err != nil {
		return err
	}
	folder.Keep = o.keep
	failed := o.play(ctx, cmd, trials, folder)
	if failed == nil && o.whole(names) {
		failed = runRest(ctx, cmd, o.jobs, folder)
	}
	failed = errors.Join(failed, folder.Close())
	// Report what was judged before a failure all the same.
	return errors.Join(failed, conclude(ctx, cmd, folder, failed, o.format))
}

// trials lists the trials to run. It finds anything wrong with them before something is run or
// written.
func (o *runOptions) trials(names []string, attached liveworld.Attached) ([]trial.Trial, error) {
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
	return choice.Trials(all)
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
	if err := refuseZero(cmd, "keep"); err != nil {
		return err
	}
	return refuseZero(cmd, "jobs")
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
		if _, err := ledger.ParseGuard(g); err != nil {
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
	if err := checkJobs(o.jobs); err != nil {
		return none, err
	}
	if o.jobs == 0 {
		o.jobs = map[string]int{sim.VirtualWorld: runtime.GOMAXPROCS(0), sim.LiveWorld: liveJobs, outcome.BothWorlds: liveJobs}[o.world]
	}
	return seeds, nil
}

// load returns the scenarios with these names or files, or all built-in ones if there are no names.
// A name with a dot or a slash is taken for a file.
func load(names []string) ([]*script.Scenario, error) {
	known := script.Everything()
	if len(names) == 0 {
		return scenarios.Builtin(known)
	}
	var out []*script.Scenario
	for _, name := range names {
		some, err := loadNamed(name, known)
		if err != nil {
			return nil, err
		}
		for _, s := range some {
			if slices.ContainsFunc(out, func(other *script.Scenario) bool { return other.Name == s.Name }) {
				return nil, fmt.Errorf("%s: a scenario %s is already among those named; name it once, or give yours another name", name, s.Name)
			}
		}
		out = append(out, some...)
	}
	return out, nil
}

// loadNamed returns the scenario with this name or file, or those of the battery.
func loadNamed(name string, known script.Known) ([]*script.Scenario, error) {
	if name == scenarios.BatteryName {
		return scenarios.Battery(known)
	}
	s, err := loadOne(name, known)
	return []*script.Scenario{s}, err
}

// without leaves out the scenarios with these names, each of which must be among them.
func without(all []*script.Scenario, names []string) ([]*script.Scenario, error) {
	for _, name := range names {
		at := slices.IndexFunc(all, func(s *script.Scenario) bool { return s.Name == name })
		if _, err := scenarios.Source(name); at < 0 && err != nil {
			return nil, fmt.Errorf("--except: %w", err)
		}
		if at < 0 {
			return nil, fmt.Errorf("--except: %s is not among the scenarios to run; leave it out of --except", name)
		}
		if len(all) == 1 {
			return nil, errors.New("--except leaves no scenario to run; name fewer")
		}
		all = slices.Delete(all, at, at+1)
	}
	return all, nil
}

func loadOne(name string, known script.Known) (*script.Scenario, error) {
	if !strings.ContainsAny(name, "./\\") {
		return scenarios.Find(name, known)
	}
	src, err := files.Read(name, strict.MaxFile)
	if err != nil {
		return nil, fmt.Errorf("read the scenario: %w", err)
	}
	return script.Load(name, src, known)
}
