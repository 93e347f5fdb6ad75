// Package doctor reports what this machine can do.
package doctor

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/liveworld"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
)

// finding is one line of the doctor's output.
type finding struct {
	what string
	err  error  // why not, and what to do about it; nil: yes
	note string // shown if yes
}

// Command is the command `locklab doctor`.
func Command() *cobra.Command {
	var servers liveworld.ServerFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Report what this machine can do, and how to enable the rest",
		Long: `Doctor tries what the live world needs: the servers, the namespaces, and the
faults. The virtual world needs none of this.

Exit status: 0, whatever it finds; 3 when a flag names a server that is not a program.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			missing := liveworld.HandOver()
			if err := servers.Apply(); err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintln(out, "virtual world")
			printFindings(out, []finding{{what: "simulation", note: "every scenario, every lock service, every fault it knows"}})
			fmt.Fprintln(out, "\nlive world")
			if missing != nil {
				printFindings(out, []finding{{what: "program", err: missing}})
				return nil
			}
			printFindings(out, liveFindings())
			fmt.Fprintln(out, "\nlock services, live")
			var locks []finding
			for _, b := range services.Registry() {
				locks = append(locks, finding{what: b.Name(), err: trial.LiveMissing(b), note: b.Title()})
			}
			printFindings(out, locks)
			return nil
		},
	}
	servers.Register(c)
	return c
}

// Namespaces returns why this machine has no private namespaces, and what to do about it; nil if it has.
func Namespaces() error {
	for _, f := range liveFindings() {
		if f.what == "namespaces" {
			return f.err
		}
	}
	return nil
}

func printFindings(out io.Writer, list []finding) {
	for _, f := range list {
		if f.err != nil {
			fmt.Fprintf(out, "  no   %-12s %v\n", f.what, f.err)
			continue
		}
		fmt.Fprintf(out, "  yes  %-12s %s\n", f.what, f.note)
	}
}
