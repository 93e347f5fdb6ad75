package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios"
)

func claimsCommand() *cobra.Command {
	var seeds string
	format := tableFormat()
	c := &cobra.Command{
		Use:   "claims [ID...]",
		Short: "Measure what was claimed about locks, and by whom",
		Long: `Claims runs the trials that decide the published claims about distributed locks,
in the virtual world, and prints for each claim who made it, what it says, what
the trials say of it, and the figures. Kleppmann's list and antirez's stand side
by side, and so do the two senses in which they call a lock broken.

With ids it looks at these claims only.

Exit status: 0 everything as the file of claims states, 1 a measurement
contradicts it, 2 undecided or interrupted, 3 bad input or a failure of locklab itself.`,
		Example: "  locklab claims\n  locklab claims K4 A6\n  locklab claims --format md",
		RunE: func(cmd *cobra.Command, ids []string) error {
			return weighClaims(cmd, ids, seeds, format)
		},
		ValidArgsFunction: completeClaims,
	}
	c.Flags().StringVar(&seeds, "seeds", "5", "how many seeds, such as 20, or which, such as 7..9")
	format.register(c)
	return c
}

func weighClaims(cmd *cobra.Command, ids []string, seeds string, format *formatFlag) error {
	chosen, err := scenarios.ParseSeeds(seeds)
	if err != nil {
		return fmt.Errorf("--seeds: %w", err)
	}
	sources, err := scenarios.BuiltinClaims(scenarios.Everything())
	if err != nil {
		return fmt.Errorf("load the claims: %w", err)
	}
	if len(ids) > 0 {
		if sources, err = onlyClaims(sources, ids); err != nil {
			return err
		}
	}
	ctx, stop := untilStopped(cmd.Context())
	defer stop()
	results, judged, err := scenarios.WeighClaims(ctx, sources, chosen, runtime.GOMAXPROCS(0))
	if err != nil && ctx.Err() != nil {
		return &statusError{statusUndecided, "interrupted: the claims were not weighed"}
	}
	if err != nil {
		return err
	}
	nothingToSave()
	out := cmd.OutOrStdout()
	if err := terminal.Claims(out, sources, results, judged, format.options(out)); err != nil {
		return err
	}
	return claimsStatus(results)
}

// claimsStatus is that of the worst claim.
func claimsStatus(results []scenarios.ClaimResult) error {
	has := func(v scenarios.ClaimVerdict) bool {
		return slices.ContainsFunc(results, func(r scenarios.ClaimResult) bool { return r.Verdict == v })
	}
	if has(scenarios.ClaimContradicted) {
		return &statusError{status: statusNotAsExpected}
	}
	if has(scenarios.ClaimUndecided) {
		return &statusError{status: statusUndecided}
	}
	return nil
}

// onlyClaims narrows the sources down to these claims.
func onlyClaims(sources []scenarios.ClaimSource, ids []string) ([]scenarios.ClaimSource, error) {
	var out []scenarios.ClaimSource
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

// firstIDs gives the first claim of each source.
func firstIDs(sources []scenarios.ClaimSource) (ids []string) {
	for _, s := range sources {
		ids = append(ids, s.Claims[0].ID)
	}
	return ids
}

func completeClaims(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	if sources, err := scenarios.BuiltinClaims(scenarios.Everything()); err == nil {
		for _, s := range sources {
			for _, c := range s.Claims {
				ids = append(ids, c.ID+"\t"+c.Says)
			}
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
