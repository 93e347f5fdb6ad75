package lab

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check HISTORY",
		Short: "Judge a recorded history again",
		Long: `Check reads a history kept by a run (histories/*.jsonl) and lets every
checker judge it again, with the events that are the evidence.

Exit status: 0 every property holds, 1 one is violated, 2 a precondition fails
or nothing is violated but something is undecided, 3 the file is not a history.`,
		Example: `  locklab check out/latest/histories/gc-pause.redis.none.virtual.seed-1.jsonl`,
		Args:    console.WantArgs(1, 1, "one history that a run has kept, from out/latest/histories"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := os.Open(args[0])
			if err != nil {
				return fmt.Errorf("read the history: %w", err)
			}
			defer file.Close()
			history, err := sim.ReadHistory(file, args[0])
			if err != nil {
				return err
			}
			findings := check.All(trace.Read(history))
			if err := terminal.Findings(cmd.OutOrStdout(), history, findings); err != nil {
				return fmt.Errorf("print the findings: %w", err)
			}
			return verdictStatus(findings)
		},
	}
}

// verdictStatus turns findings into an exit status. A failed precondition comes first, because the
// other findings mean nothing then.
func verdictStatus(findings []check.Finding) error {
	worst := check.Holds
	for _, f := range findings {
		for _, p := range check.Preconditions() {
			if f.Property == p && f.Verdict != check.Holds {
				return &statusError{status: statusUndecided}
			}
		}
		if f.Property == check.TokenOrder && f.Verdict == check.Undecided {
			continue // most locks have no tokens
		}
		worst = max(worst, f.Verdict)
	}
	switch worst {
	case check.Violated:
		return &statusError{status: statusNotAsExpected}
	case check.Undecided:
		return &statusError{status: statusUndecided}
	case check.Holds:
	}
	return nil
}
