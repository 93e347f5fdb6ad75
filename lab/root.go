package lab

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/lab/internal/doctor"
	"github.com/locklab/locklab/lab/internal/liveworld"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim/plaintext"
)

// Exit statuses.
const (
	statusAsExpected    = 0
	statusNotAsExpected = 1
	statusUndecided     = 2
	statusBadInput      = 3 // or locklab itself failed
)

// statusError ends the command with a particular exit status. Any other error is bad input or a
// failure of locklab itself.
type statusError struct {
	status int
	say    string // empty: nothing more to say
}

func (e *statusError) Error() string { return e.say }

// enterLive makes sure that the program runs inside the live world. If it has run itself again there,
// entered reports that nothing is left to do, and the error holds the exit status.
func enterLive(attached liveworld.Attached) (entered bool, err error) {
	entered, status, err := attached.Enter()
	if entered && err == nil {
		err = &statusError{status: status}
	}
	return entered, err
}

// run is the whole program: it carries out the arguments and returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	if ran, status := liveworld.RunDuty(); ran {
		return status
	}
	return runUnder(context.Background(), args, stdout, stderr)
}

// runUnder runs a command that cancelling ctx interrupts, as Ctrl-C does.
func runUnder(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	for i, text := range args {
		if at, r := plaintext.FindInLine(text); at >= 0 {
			fmt.Fprintf(stderr, "locklab: argument %d is %q, which contains %s; expected visible text on one line\n", i+1, text, plaintext.Name(r))
			return statusBadInput
		}
	}
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return statusAsExpected
	}
	var ended *statusError
	if errors.As(err, &ended) {
		if ended.say != "" {
			fmt.Fprintln(stderr, plaintext.Visible(ended.say))
		}
		return ended.status
	}
	fmt.Fprintln(stderr, "locklab:", plaintext.Visible(err.Error())) // it may quote somebody else's file
	return statusBadInput
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "locklab",
		Short: "A laboratory for distributed locks",
		Long: `locklab runs scripted scenarios (pauses and other faults) against distributed
locks, judges what happened, and draws it.

The same lock code runs in two worlds: a deterministic simulation in virtual
time, which needs nothing, and real servers and client processes with real
faults (--world live).

Exit status: 0 everything as the scenarios expect, 1 something is not,
2 undecided (a fault did not happen, or the run was interrupted),
3 bad input or a failure of locklab itself.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		// An empty value would otherwise count as not given.
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return console.RefuseEmpty(cmd) },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddCommand(runCommand(), reportCommand(), listCommand(), showCommand(), checkCommand(), replayCommand(), timelineCommand(), diagramCommand(), claimsCommand(), sweepCommand(), datasheetCommand(), doctor.Command(), noticesCommand())
	return root
}

// completeScenarios completes the names of the built-in scenarios, besides files.
func completeScenarios(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if all, err := scenarios.Builtin(script.Everything()); err == nil {
		for _, s := range all {
			names = append(names, s.Name+"\t"+s.Title)
		}
	}
	return names, cobra.ShellCompDirectiveDefault
}
