package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/lab/internal/liveworld"
	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// replayOptions holds the flags of `locklab replay`.
type replayOptions struct {
	from, out string
	script    string
	attach    []string
	servers   liveworld.ServerFlags
}

func replayCommand() *cobra.Command {
	var o replayOptions
	c := &cobra.Command{
		Use:   "replay ID",
		Short: "Run one trial of a run again, and say whether it comes out the same",
		Long: `Replay looks a trial up in the folder of a run, runs it again with the same script,
lock service, guard, lease and seed, judges it, and compares.

ID is the name of the trial's files, such as
gc-pause.redis.none.virtual.seed-1, or the first digits of its fingerprint.

A virtual trial is the same if every event is; if one is not, replay shows the first
that differs. Live trials are never the same: their verdicts are compared.

The folder does not choose what is started, reached or read here: if a live trial had
servers of its own, or a script outside the current folder, replay names them and asks
for the flags below.

Exit status: 0 the same, 1 not the same, 3 bad input or a failure of locklab itself.`,
		Example: `  locklab replay gc-pause.redis.none.virtual.seed-1
  locklab replay 4296e2c7 --from out/monday`,
		Args: console.WantArgs(1, 1, "the ID of a trial, such as gc-pause.redis.none.virtual.seed-1, or the first digits of its fingerprint"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.replay(cmd, args[0])
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return keptIDs(o.from, args), cobra.ShellCompDirectiveNoFileComp
		},
	}
	f := c.Flags()
	f.StringVar(&o.from, "from", filepath.Join("out", "latest"), "folder of the run")
	f.StringVar(&o.out, "out", "", "file for the new history (default: not kept)")
	f.StringVar(&o.script, "script", "", "file of the scenario (default: the one that was run, if it is in the current folder or below it)")
	liveworld.RegisterAttach(c, &o.attach)
	o.servers.Register(c)
	return c
}

func (o *replayOptions) replay(cmd *cobra.Command, name string) error {
	ctx, stop := console.UntilStopped(cmd.Context())
	defer stop()
	found, err := results.Find(ctx, o.from, name)
	if err != nil {
		return err
	}
	if found.Result.World == sim.LiveWorld {
		if err := liveworld.HandOver(); err != nil {
			return err
		}
	}
	before, remarks, err := keptHistory(found)
	if err != nil {
		return err
	}
	attached, err := o.ownServers(found.Result)
	if err != nil {
		return err
	}
	card := found.Card()
	if card == nil {
		return fmt.Errorf("%s does not mention the scenario %s: does run.json belong to this run?", o.from, found.Result.Scenario)
	}
	again, err := o.trialAgain(found.Result, card, attached)
	if err != nil {
		return err
	}
	if again.World == sim.LiveWorld {
		if entered, err := enterLive(attached); entered || err != nil {
			return err
		}
	}
	history, err := playAgain(ctx, again, o.out)
	if err != nil {
		return err
	}
	if other := o.otherServers(found.Result); other != "" {
		remarks = append(remarks, other)
	}
	c := terminal.Comparison{
		Then: found.Result, Now: again.Judge(history), Before: before, After: history,
		Always: remarks, Remarks: changes(found.Run, *card, again),
	}
	stdout := cmd.OutOrStdout()
	if err := c.Write(stdout, console.TableFormat().Options(stdout)); err != nil {
		return err
	}
	if !c.Same() {
		return &statusError{status: statusNotAsExpected}
	}
	return nil
}

// keptHistory reads the history that the run kept of a trial, if it kept one. If the file is gone,
// the trial can still be compared by its fingerprint and verdicts, and a remark says so. A file
// that cannot be read is bad input.
func keptHistory(found results.Found) (history *sim.History, remarks []string, err error) {
	path := found.HistoryPath()
	if path == "" {
		return nil, nil, nil
	}
	history, err = readHistory(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, []string{"The history that the run kept is gone (" + path + "): what its row says was compared."}, nil
	}
	return history, nil, err
}

// trialAgain loads the script of a trial and makes sure that it can be run here.
func (o *replayOptions) trialAgain(r outcome.Result, card *outcome.Card, attached liveworld.Attached) (trial.Trial, error) {
	loaded, err := o.loadScript(r, card)
	if err != nil {
		return trial.Trial{}, err
	}
	again, err := trial.Again(r, loaded, attached.Replace())
	if err != nil {
		return again, err
	}
	return again, again.Unavailable()
}

// playAgain runs the trial and keeps its history if out names a file for it.
func playAgain(ctx context.Context, t trial.Trial, out string) (*sim.History, error) {
	labs := trial.NewLabs(1)
	history, err := labs.Run(ctx, t)
	if err = errors.Join(err, labs.Close()); err != nil || out == "" {
		return history, err
	}
	recorded, err := trial.Judged{Trial: t, History: history}.Recorded()
	if err != nil {
		return nil, err
	}
	return history, files.Write(out, func(w io.Writer) error { return recorded.Write(w) })
}

// changes lists what has changed since the trial was first run.
func changes(run results.Run, then outcome.Card, t trial.Trial) (remarks []string) {
	now := trial.Cards([]trial.Trial{t}, nil)[0]
	now.Cells, then.Cells = nil, nil
	now.File, then.File = "", ""
	if !reflect.DeepEqual(now, then) {
		remarks = append(remarks, "The script has changed since then.")
	}
	if v := version(); v != run.Version {
		remarks = append(remarks, fmt.Sprintf("locklab was %s then and is %s now.", run.Version, v))
	}
	return remarks
}

// keptIDs lists the trials whose histories a run has kept, for shell completion.
func keptIDs(from string, args []string) (ids []string) {
	if len(args) > 0 {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(from, "histories", "*.jsonl")) // on an error there is nothing to offer
	for _, f := range files {
		ids = append(ids, strings.TrimSuffix(filepath.Base(f), ".jsonl"))
	}
	return ids
}
