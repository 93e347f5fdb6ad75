package lab

import (
	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports/terminal"
)

func listCommand() *cobra.Command {
	format := console.TableFormat()
	c := &cobra.Command{
		Use:     "list",
		Short:   "List scenarios, lock services and guards",
		Example: "  locklab list\n  locklab list --format json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := load(nil)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			return terminal.List(out, all, format.Options(out))
		},
	}
	format.Register(c)
	return c
}
