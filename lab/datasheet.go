package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/lab/internal/liveworld"
	"github.com/locklab/locklab/reports"
	"github.com/locklab/locklab/reports/datasheet"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/margin"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// datasheetOptions holds the flags of `locklab datasheet`.
type datasheetOptions struct {
	ttl, think        time.Duration
	guard, discipline string
	faults            []string
	world, seeds, out string
	jobs              int
	servers           liveworld.ServerFlags
	format            *console.FormatFlag
}

func datasheetCommand() *cobra.Command {
	o := datasheetOptions{format: console.TableFormat()}
	c := &cobra.Command{
		Use:   "datasheet [BACKEND...]",
		Short: "How much of each fault a set-up bears: is it safe, and by how much",
		Long: `Datasheet does every fault of the battery to a lock service, with the lease and the
work that are yours, and finds by bisection how large the fault has to be before two
clients hold the lock, money is lost, or a client does not get its turn. The same
seeds are run at each size. Next to each margin stands the condition derived on
paper, and below it what would move it: a guard, an option of the lock.

With --world both, real servers and clients are run just below and just above each
margin.

It prints a datasheet for each set-up and writes to OUT/<time of the run>, with
OUT/latest pointing to the newest: margins.jsonl (a row a fault) and
charts/margins.svg and .png.

Exit status: 0 every margin as derived, or nothing derived, 1 one is not, or the live
world disagrees, 2 undecided or interrupted, 3 bad input or a failure of locklab
itself.`,
		Example: `  locklab datasheet redlock-redsync+nodes=3+renew
  locklab datasheet redis redlock --ttl 5s --think 3s
  locklab datasheet etcd --discipline heedless --guard fence-all
  locklab datasheet redis --fault battery-holder-paused --world both`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, args) },
		ValidArgsFunction: func(*cobra.Command, []string, string) (locks []string, _ cobra.ShellCompDirective) {
			for _, b := range services.Registry() {
				locks = append(locks, b.Name()+"\t"+b.Title())
			}
			return locks, cobra.ShellCompDirectiveNoFileComp
		},
	}
	f := c.Flags()
	f.DurationVar(&o.ttl, "ttl", 5*time.Second, "the lease")
	f.DurationVar(&o.think, "think", 0, "how long a client works under the lock (default: six tenths of the lease, as in the battery)")
	f.StringVar(&o.guard, "guard", string(ledger.None), "the guard of the account: "+words.Or(ledger.AllGuards()...))
	f.StringVar(&o.discipline, "discipline", string(workload.Attentive), "how clients treat what they know: attentive, heedless or late=DURATION")
	f.StringSliceVar(&o.faults, "fault", nil, "faults to measure, of those that have a size (default: the whole battery)")
	f.StringVar(&o.world, "world", sim.VirtualWorld, words.Or(sim.VirtualWorld, outcome.BothWorlds)+"; with "+outcome.BothWorlds+", margins are confirmed with real servers and clients")
	f.StringVar(&o.seeds, "seeds", "10", "how many seeds at each size, such as 10, or which, such as 7..9")
	f.StringVar(&o.out, "out", "out", "folder for results")
	f.IntVar(&o.jobs, "jobs", 0, fmt.Sprintf("faults to measure in parallel (default: one per processor); live trials: %d", liveJobs))
	o.servers.Register(c)
	o.format.Register(c)
	console.Complete(c, "world", sim.VirtualWorld, outcome.BothWorlds)
	return c
}

func (o datasheetOptions) run(cmd *cobra.Command, names []string) error {
	if o.world == outcome.BothWorlds {
		if err := liveworld.HandOver(); err != nil {
			return err
		}
	}
	plan, err := o.plan(cmd, names)
	if err != nil {
		return err
	}
	if err := o.servers.Apply(); err != nil {
		return err
	}
	if o.world == outcome.BothWorlds {
		if entered, err := enterLive(liveworld.Attached{}); entered || err != nil {
			return err
		}
	}
	ctx, stop := console.UntilStopped(cmd.Context())
	defer stop()
	folder, err := results.NewFolder(o.out, results.About{
		Command: append([]string{"locklab", "datasheet"}, os.Args[min(2, len(os.Args)):]...),
		Version: version(), Go: runtime.Version(), Started: time.Now(), World: o.world, Seeds: o.seeds, Margins: plan.Total(),
	})
	if err != nil {
		return err
	}
	sheets, err := o.measure(ctx, cmd, plan, folder.Path)
	unconfirmed := 0
	if err == nil && o.world == outcome.BothWorlds && ctx.Err() == nil {
		unconfirmed, err = o.confirm(ctx, cmd, plan, sheets, folder.Path)
	}
	if err = errors.Join(err, folder.Close()); err != nil {
		return err
	}
	console.NothingToSave()
	if err := datasheet.Write(cmd.OutOrStdout(), sheets, o.format.Options(cmd.OutOrStdout())); err != nil {
		return err
	}
	return o.conclude(cmd, plan, sheets, unconfirmed, folder.Path)
}

// plan checks everything that the user asks for before anything is run or written.
func (o *datasheetOptions) plan(cmd *cobra.Command, names []string) (margin.Plan, error) {
	none := margin.Plan{}
	if o.ttl < script.MinTTL || o.ttl > script.MaxTime {
		return none, fmt.Errorf("--ttl is %v, expected a lease between 1ms and 1000h", o.ttl)
	}
	if o.think < 0 || o.think > script.MaxTime/100 {
		return none, fmt.Errorf("--think is %v, expected 0s to 10h", o.think)
	}
	if known := []string{sim.VirtualWorld, outcome.BothWorlds}; !slices.Contains(known, o.world) {
		return none, fmt.Errorf("--world is %q, expected %s", o.world, words.Or(known...))
	}
	if given := o.servers.Arguments(); len(given) > 0 && o.world == sim.VirtualWorld {
		return none, fmt.Errorf("%s needs --world %s: only live trials have servers", given[0], outcome.BothWorlds)
	}
	if _, err := ledger.ParseGuard(o.guard); err != nil {
		return none, fmt.Errorf("--guard: %w", err)
	}
	discipline, err := script.ParseDiscipline(o.discipline)
	if err != nil {
		return none, fmt.Errorf("--discipline: %w", err)
	}
	seeds, err := outcome.ParseSeeds(o.seeds)
	if err != nil {
		return none, fmt.Errorf("--seeds: %w", err)
	}
	if seeds.Count() > margin.MostSeeds {
		return none, fmt.Errorf("--seeds: %q is too many seeds, expected %d at most", o.seeds, margin.MostSeeds)
	}
	if err := errors.Join(console.RefuseZero(cmd, "jobs"), console.CheckJobs(o.jobs)); err != nil {
		return none, err
	}
	if o.jobs == 0 {
		o.jobs = runtime.GOMAXPROCS(0)
	}
	plan, err := o.faultsOf()
	if err != nil {
		return none, err
	}
	setup := margin.Setup{Guard: o.guard, Discipline: discipline.String(), TTL: o.ttl, Think: o.think, Seeds: seeds, AsLive: o.world == outcome.BothWorlds}
	if !cmd.Flags().Changed("think") {
		setup.Think = plan.Faults[0].Workload.Think.In(o.ttl)
	}
	plan.Setups, err = setups(names, setup)
	return plan, err
}

// faultsOf loads the battery, or what was asked for of it, and what was derived of it.
func (o *datasheetOptions) faultsOf() (plan margin.Plan, err error) {
	known := script.Everything()
	all, err := scenarios.Battery(known)
	if err != nil {
		return plan, err
	}
	if plan.Conditions, err = margin.Builtin(known, all); err != nil {
		return plan, err
	}
	plan.Faults, plan.Always = all, o.world == outcome.BothWorlds
	if len(o.faults) == 0 {
		return plan, nil
	}
	var sized []string
	for _, f := range all {
		if f.Size != nil {
			sized = append(sized, f.Name)
		}
	}
	plan.Faults = nil
	for _, name := range o.faults {
		at := slices.IndexFunc(all, func(f *script.Scenario) bool { return f.Name == name })
		if at < 0 {
			return plan, fmt.Errorf("--fault: there is no fault %q, expected %s", name, strings.Join(sized, ", "))
		}
		if all[at].Size == nil {
			return plan, fmt.Errorf("--fault: the fault %s has no size, so it has no margin; expected %s", name, strings.Join(sized, ", "))
		}
		if slices.Contains(plan.Faults, all[at]) {
			return plan, fmt.Errorf("--fault: %s is named twice, expected once", name)
		}
		plan.Faults = append(plan.Faults, all[at])
	}
	return plan, nil
}

// setups returns the set-ups with these lock services, or with all that can be simulated if there are
// no names.
func setups(names []string, setup margin.Setup) (out []margin.Setup, err error) {
	registry := services.Registry()
	if len(names) == 0 {
		for _, b := range registry {
			if backends.Service(b) == b.Name() && !trial.LiveOnly(b) {
				names = append(names, b.Name())
			}
		}
	}
	for _, name := range names {
		spec, err := registry.ParseSpec(name)
		if err != nil {
			return nil, err
		}
		if _, err := spec.Settings(setup.TTL, ledger.Guard(setup.Guard).NeedsToken()); err != nil {
			return nil, err
		}
		one := setup
		one.Backend = spec.String()
		if slices.ContainsFunc(out, func(s margin.Setup) bool { return s.Backend == one.Backend }) {
			return nil, fmt.Errorf("the backend %s is named twice, expected once", one.Backend)
		}
		if model, stands, err := registry.StandIn(spec); err != nil {
			return nil, err
		} else if stands {
			one.Model = model.String()
		}
		out = append(out, one)
	}
	return out, nil
}

// measure makes the datasheets, row by row, and what is drawn of them. An interruption is not an error.
func (o datasheetOptions) measure(ctx context.Context, cmd *cobra.Command, plan margin.Plan, folder string) (sheets []margin.Sheet, err error) {
	bar := console.NewProgress(cmd.ErrOrStderr(), "faults", plan.Total(), console.Tenths)
	sheets, err = reports.RunMargins(ctx, plan, o.jobs, folder, func(s margin.Sheet) {
		bar.Step(s.Backend + ", " + s.Rows[len(s.Rows)-1].Fault)
	})
	bar.Finish()
	if err != nil {
		return sheets, err
	}
	return sheets, reports.DrawMargins(sheets, filepath.Join(folder, "charts"))
}

// conclude prints where everything is and returns the exit status.
func (o datasheetOptions) conclude(cmd *cobra.Command, plan margin.Plan, sheets []margin.Sheet, unconfirmed int, folder string) error {
	rows := 0
	for _, s := range sheets {
		rows += len(s.Rows)
	}
	var missing []string
	if rows < plan.Total() {
		missing = append(missing, fmt.Sprintf("interrupted: %d of %d faults were measured", rows, plan.Total()))
	}
	if unconfirmed > 0 {
		missing = append(missing, fmt.Sprintf("interrupted: %s were not finished", words.Many(unconfirmed, "live trial")))
	}
	lists := []string{filepath.Join(folder, results.MarginsFile)}
	return concludeDatasheets(o.format.Remarks(cmd), sheets, lists, filepath.Join(folder, "charts"), missing)
}

// concludeDatasheets prints in which lists and charts datasheets are, and returns the exit status.
func concludeDatasheets(out io.Writer, sheets []margin.Sheet, lists []string, charts string, missing []string) error {
	fmt.Fprintln(out)
	for _, list := range lists {
		fmt.Fprintf(out, "margins    %s\n", list)
	}
	drawn, worst := false, outcome.AsExpected
	for _, s := range sheets {
		drawn = drawn || len(s.Rows) > 0
		worst = max(worst, s.Outcome())
	}
	if drawn {
		fmt.Fprintf(out, "look at    %s\n", filepath.Join(charts, reports.MarginsChart+".png"))
	}
	return worstStatus(worst, missing)
}
