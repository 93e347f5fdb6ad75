package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports"
	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// sweepOptions holds the flags of `locklab sweep`.
type sweepOptions struct {
	seeds, out string
	jobs       int
	shard      string
	part       trial.Shard // from shard
}

func sweepCommand() *cobra.Command {
	var o sweepOptions
	c := &cobra.Command{
		Use:   "sweep [NAME|FILE]",
		Short: "Change one number, and see where a lock breaks and where it should",
		Long: `Sweep runs one script over and over in the virtual world while one number in it
changes, such as the length of a pause, and counts the trials in which a property
is violated. Next to the measurement stands the condition derived on
paper.

Without a name it lists the built-in sweeps. With one, or with a file such as
my-sweep.yaml, it prints the points and writes to
OUT/<time of the run>, with OUT/latest pointing to the newest: sweeps.jsonl (a row a
point) and charts/sweep-NAME.svg and .png. With --shard 3/8 it measures every eighth
point, beginning with the third; locklab report puts the shards together.

Exit status: 0 every point as derived, 1 a point contradicts the derivation,
2 undecided or interrupted, 3 bad input or a failure of locklab itself.`,
		Example: "  locklab sweep\n  locklab sweep pause --seeds 100\n  locklab sweep my-sweep.yaml",
		Args:    console.WantArgs(0, 1, "the name of a sweep, such as pause, a file with one, or nothing"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listSweeps(cmd)
			}
			if err := console.RefuseZero(cmd, "jobs"); err != nil {
				return err
			}
			return o.run(cmd, args[0])
		},
		ValidArgsFunction: completeSweeps,
	}
	f := c.Flags()
	f.StringVar(&o.seeds, "seeds", "20", "how many seeds per point, such as 20, or which, such as 7..9")
	f.StringVar(&o.out, "out", "out", "folder for results")
	f.StringVar(&o.shard, "shard", "", "which part of the points, of how many parts, such as 3/8 (default: all of them)")
	f.IntVar(&o.jobs, "jobs", 0, "trials to run in parallel (default: one per processor)")
	return c
}

func listSweeps(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		err = fmt.Errorf("--%s needs the name of a sweep, as in `locklab sweep pause`; without a name, the sweeps are listed", f.Name)
	})
	if err != nil {
		return err
	}
	all, err := sweep.Builtin(script.Everything())
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, s := range all {
		fmt.Fprintf(w, "%s\t%s\n", s.Name, s.Title)
	}
	return w.Flush()
}

func (o sweepOptions) run(cmd *cobra.Command, name string) error {
	seeds, err := outcome.ParseSeeds(o.seeds)
	if err != nil {
		return fmt.Errorf("--seeds: %w", err)
	}
	if o.shard != "" {
		if o.part, err = trial.ParseShard(o.shard); err != nil {
			return fmt.Errorf("--shard: %w", err)
		}
	}
	if err := console.CheckJobs(o.jobs); err != nil {
		return err
	}
	if o.jobs == 0 {
		o.jobs = runtime.GOMAXPROCS(0)
	}
	s, err := loadSweep(name)
	if err != nil {
		return err
	}
	if err := s.Fits(seeds); err != nil {
		return fmt.Errorf("--seeds: %w", err)
	}
	shard, err := shardOf(o.part, s.Total(), "points")
	if err != nil {
		return err
	}
	if shard != nil {
		shard.Trials = 0 // those of points are not counted as trials of the run
	}
	ctx, stop := console.UntilStopped(cmd.Context())
	defer stop()
	folder, err := results.NewFolder(o.out, results.About{
		Command: append([]string{"locklab", "sweep"}, os.Args[min(2, len(os.Args)):]...),
		Version: version(), Go: runtime.Version(), Started: time.Now(),
		World: sim.VirtualWorld, Seeds: o.seeds, Shard: shard,
	})
	if err != nil {
		return err
	}
	result, err := o.play(ctx, cmd, s, seeds, folder.Path)
	if err = errors.Join(err, folder.Close()); err != nil {
		return err
	}
	if err := terminal.Sweep(cmd.OutOrStdout(), result); err != nil {
		return err
	}
	return sweepStatus(cmd, o.part.Count(s.Total()), result, folder.Path)
}

// loadSweep returns the sweep with this name or file. A name with a dot or a slash is taken for a
// file, and the files that it names are looked for beside it.
func loadSweep(name string) (*sweep.Sweep, error) {
	if !strings.ContainsAny(name, "./\\") {
		return sweep.Find(name, script.Everything())
	}
	src, err := files.Read(name, strict.MaxFile)
	if err != nil {
		return nil, fmt.Errorf("read the sweep: %w", err)
	}
	return sweep.Load(name, src, script.Everything(), func(path string) (string, []byte, error) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(name), path)
		}
		src, err := files.Read(path, strict.MaxFile)
		return path, src, err
	})
}

// play runs the sweep and shows progress.
func (o sweepOptions) play(ctx context.Context, cmd *cobra.Command, s *sweep.Sweep, seeds outcome.Seeds, folder string) (sweep.Result, error) {
	bar := console.NewProgress(cmd.ErrOrStderr(), "points", o.part.Count(s.Total()), console.Tenths)
	defer bar.Finish()
	all, err := reports.RunSweeps(ctx, []*sweep.Sweep{s}, seeds, o.part, o.jobs, folder, func(p sweep.Point) {
		bar.Step(p.Line + " at " + strconv.FormatFloat(p.X, 'f', -1, 64))
	})
	err = errors.Join(err, reports.DrawSweeps(all, filepath.Join(folder, "charts")))
	if err != nil || len(all) == 0 {
		return sweep.Result{About: s.About}, err
	}
	return all[0], nil
}

// sweepStatus prints where everything is and returns the exit status of the worst point, of as many
// as were asked for.
func sweepStatus(cmd *cobra.Command, asked int, result sweep.Result, folder string) error {
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "\npoints     %s\n", filepath.Join(folder, results.SweepsFile))
	if len(result.Points) > 0 {
		fmt.Fprintf(out, "look at    %s\n", filepath.Join(folder, "charts", "sweep-"+result.Name+".png"))
	}
	var missing []string
	if len(result.Points) < asked {
		missing = append(missing, fmt.Sprintf("interrupted: %d of %d points were finished", len(result.Points), asked))
	}
	return worstStatus(result.Outcome(), missing)
}

func completeSweeps(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if all, err := sweep.Builtin(script.Everything()); err == nil && len(args) == 0 {
		for _, s := range all {
			names = append(names, s.Name+"\t"+s.Title)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
