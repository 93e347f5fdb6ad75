package lab

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/scenarios/script"
)

func showCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "show battery|SCENARIO|FILE",
		Short:             "Explain what happens in a scenario, step by step, and why",
		Args:              console.WantArgs(1, 1, "a scenario, such as gc-pause, a file of one, or battery"),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := load(args)
			if err != nil {
				return err
			}
			for i, s := range all {
				if i > 0 {
					fmt.Fprintln(cmd.OutOrStdout())
				}
				if err := script.Describe(cmd.OutOrStdout(), s); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
