package lab

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios/claims"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
)

// numberSeeds is how many seeds numbers are measured with: means and extremes take more seeds than
// verdicts.
const numberSeeds = "40"

// measureNumbers measures the numbers of the claims with these ids, or of all claims without ids.
func (o claimsOptions) measureNumbers(cmd *cobra.Command, ids []string, seeds outcome.Seeds) error {
	numbers, err := claims.BuiltinNumbers(script.Everything())
	if err != nil {
		return fmt.Errorf("load the numbers: %w", err)
	}
	for _, id := range ids {
		if !slices.ContainsFunc(numbers, func(n claims.Number) bool { return n.Claim == id }) {
			return fmt.Errorf("no number belongs to the claim %q; `locklab claims --numbers` shows them all", id)
		}
	}
	if len(ids) > 0 {
		numbers = slices.DeleteFunc(numbers, func(n claims.Number) bool { return !slices.Contains(ids, n.Claim) })
	}
	ctx, stop := console.UntilStopped(cmd.Context())
	defer stop()
	found, err := claims.MeasureNumbers(ctx, numbers, seeds, o.jobs)
	if err != nil && ctx.Err() != nil {
		return &statusError{statusUndecided, "interrupted: the numbers were not measured"}
	}
	if err != nil {
		return err
	}
	console.NothingToSave()
	out := cmd.OutOrStdout()
	if err := terminal.Numbers(out, found, o.format.Options(out)); err != nil {
		return err
	}
	return numbersStatus(found)
}

// numbersStatus returns the exit status of the worst number.
func numbersStatus(found []claims.NumberResult) error {
	worst := claims.NumberMet
	for _, r := range found {
		worst = max(worst, r.Verdict)
	}
	switch worst {
	case claims.NumberOtherwise:
		return &statusError{status: statusNotAsExpected}
	case claims.NumberUndecided:
		return &statusError{status: statusUndecided}
	case claims.NumberMet, claims.NumberElsewhere, claims.NumberNotMeasured:
	}
	return nil
}
