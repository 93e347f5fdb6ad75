package main

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
	"github.com/spf13/pflag"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim"
)

func replayCommand() *cobra.Command {
	var from, out string
	c := &cobra.Command{
		Use:   "replay ID",
		Short: "Run one trial of a run again, and say whether it comes out the same",
		Long: `Replay looks a trial up in the folder of a run, runs it again with the same script,
lock service, guard, lease and seed, judges it, and compares.

ID is what the files of the trial are called, such as
gc-pause.redis.none.virtual.seed-1, or the first digits of its fingerprint.

A virtual trial is the same if every event is; if one is not, replay shows the first
that differs. Live trials are never the same: their verdicts are compared.

Exit status: 0 the same, 1 not the same, 3 bad input or a failure of locklab itself.`,
		Example: `  locklab replay gc-pause.redis.none.virtual.seed-1
  locklab replay 4296e2c7 --from out/monday`,
		Args: wantArgs(1, 1, "the ID of a trial, such as gc-pause.redis.none.virtual.seed-1, or the first digits of its fingerprint"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return replay(cmd, from, args[0], out)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return keptIDs(from, args), cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.Flags().StringVar(&from, "from", filepath.Join("out", "latest"), "folder of the run")
	c.Flags().StringVar(&out, "out", "", "file for the new history (default: it is not kept)")
	return c
}

func replay(cmd *cobra.Command, from, name, out string) error {
	ctx, stop := untilStopped(cmd.Context())
	defer stop()
	found, err := results.Find(ctx, from, name)
	if err != nil {
		return err
	}
	before, remarks, err := keptHistory(found)
	if err != nil {
		return err
	}
	attached, err := restoreServers(found.Result)
	if err != nil {
		return err
	}
	card := found.Card()
	if card == nil {
		return fmt.Errorf("%s says nothing of the scenario %s: is run.json that of this run?", from, found.Result.Scenario)
	}
	trial, err := trialAgain(found.Result, card, attached)
	if err != nil {
		return err
	}
	if trial.World == scenarios.LiveWorld {
		if entered, err := attached.enterLive(); entered || err != nil {
			return err
		}
	}
	history, err := playAgain(ctx, trial, out)
	if err != nil {
		return err
	}
	c := terminal.Comparison{
		Then: found.Result, Now: trial.Judge(history), Before: before, After: history,
		Always: remarks, Remarks: changes(found.Run, *card, trial),
	}
	stdout := cmd.OutOrStdout()
	if err := c.Write(stdout, tableFormat().options(stdout)); err != nil {
		return err
	}
	if !c.Same() {
		return &statusError{status: statusNotAsExpected}
	}
	return nil
}

// keptHistory reads the history that the run kept of a trial, if it did. Without its file the
// trial can still be compared by its fingerprint and verdicts, which the remark says. One that
// cannot be read is bad input.
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

// restoreServers chooses the servers that the trial was run with: those that somebody else
// runs, or the programs that were asked for.
func restoreServers(r scenarios.Result) (attachments, error) {
	if r.World != scenarios.LiveWorld {
		return attachments{}, nil
	}
	var o runOptions
	flags := pflag.NewFlagSet("replay", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true // those that are not about servers
	flags.StringArrayVar(&o.attach, "attach", nil, "")
	servers := &cobra.Command{}
	o.servers.register(servers)
	flags.AddFlagSet(servers.Flags())
	if err := flags.Parse(r.Arguments); err != nil {
		return attachments{}, fmt.Errorf("the servers of %s: %w", r.ID(), err)
	}
	if err := o.servers.apply(); err != nil {
		return attachments{}, err
	}
	return parseAttachments(o.attach, r.World)
}

// trialAgain loads the script of a trial and makes sure that it can be run here.
func trialAgain(r scenarios.Result, card *scenarios.Card, attached attachments) (scenarios.Trial, error) {
	name := r.Scenario
	if card.File != "" {
		name = filepath.Join(".", card.File)
		if !strings.ContainsAny(name, "./\\") {
			name = "./" + name
		}
	}
	script, err := load([]string{name})
	if err != nil {
		return scenarios.Trial{}, err
	}
	trial, err := r.Again(script[0], attached.replace())
	if err != nil {
		return trial, err
	}
	return trial, trial.Unavailable()
}

// playAgain runs the trial, and keeps its history if there is a file for it.
func playAgain(ctx context.Context, trial scenarios.Trial, out string) (*sim.History, error) {
	stages := scenarios.NewStages(1)
	history, err := stages.Run(ctx, trial)
	if err = errors.Join(err, stages.Close()); err != nil || out == "" {
		return history, err
	}
	recorded, err := scenarios.Judged{Trial: trial, History: history}.Recorded()
	if err != nil {
		return nil, err
	}
	return history, results.WriteWhole(out, func(w io.Writer) error { return recorded.Write(w) })
}

// changes says what is not as it was when the trial was first run.
func changes(run results.Run, then scenarios.Card, trial scenarios.Trial) (remarks []string) {
	now := scenarios.Cards([]scenarios.Trial{trial}, nil)[0]
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

// keptIDs offers the trials whose histories a run has kept.
func keptIDs(from string, args []string) (ids []string) {
	if len(args) > 0 {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(from, "histories", "*.jsonl")) // none: nothing to offer
	for _, f := range files {
		ids = append(ids, strings.TrimSuffix(filepath.Base(f), ".jsonl"))
	}
	return ids
}
