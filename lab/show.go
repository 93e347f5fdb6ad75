package lab

import (
	"github.com/spf13/cobra"

	"github.com/locklab/locklab/scenarios/script"
)

func showCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "show SCENARIO|FILE",
		Short:             "Explain what happens in a scenario, step by step, and why",
		Args:              wantArgs(1, 1, "a scenario, such as gc-pause, or a file of one"),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := load(args)
			if err != nil {
				return err
			}
			return script.Describe(cmd.OutOrStdout(), all[0])
		},
	}
}
