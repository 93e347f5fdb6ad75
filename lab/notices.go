package lab

import (
	_ "embed"

	"github.com/spf13/cobra"
)

// notices holds the licences of what is linked into the program and of the typeface in its
// pictures. Whoever passes the program on has to pass them on as well.
//
//go:embed notices.txt
var notices string

func noticesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "notices",
		Short: "Print the licences of the libraries and the typeface that are part of this program",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write([]byte(notices))
			return err
		},
	}
}
