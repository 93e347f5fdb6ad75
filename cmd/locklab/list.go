package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios"
)

func listCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List scenarios, lock services and guards",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := load(nil)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "SCENARIOS")
			for _, s := range all {
				fmt.Fprintf(w, "  %s\t%s\t%s\n", s.Name, s.Title, strings.Join(s.Claims, " "))
			}
			fmt.Fprintln(w, "\nLOCK SERVICES")
			for _, b := range scenarios.Registry() {
				title := b.Title()
				if scenarios.LiveOnly(b) {
					title += " (live world only)"
				}
				fmt.Fprintf(w, "  %s\t%s\n", b.Name(), title)
				for _, o := range b.Options() {
					fmt.Fprintf(w, "    +%s\t%s (default %s)\n", o.Name, o.Doc, o.Default)
				}
			}
			fmt.Fprintln(w, "\nGUARDS OF THE ACCOUNT")
			for _, g := range ledger.Guards() {
				fmt.Fprintf(w, "  %s\t%s\n", g, g.Rule())
			}
			return w.Flush()
		},
	}
}
