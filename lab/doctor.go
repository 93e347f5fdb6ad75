package lab

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/liveworld"
	"github.com/locklab/locklab/scenarios"
)

// finding is one line of the doctor's output.
type finding struct {
	what string
	err  error  // why not, and what to do about it; nil: yes
	note string // shown if yes
}

func doctorCommand() *cobra.Command {
	var servers liveworld.ServerFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine can do, and what to do about the rest",
		Long: `Doctor tries what the live world needs: the servers, the namespaces, and the
faults. The virtual world needs nothing of it.

Exit status: 0, whatever it finds; 3 when a server named by a flag is no program.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := servers.Apply(); err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintln(out, "virtual world")
			printFindings(out, []finding{{what: "simulation", note: "every scenario, every lock service, every fault it knows"}})
			fmt.Fprintln(out, "\nlive world")
			printFindings(out, liveFindings())
			fmt.Fprintln(out, "\nlock services, live")
			var services []finding
			for _, b := range scenarios.Registry() {
				services = append(services, finding{what: b.Name(), err: scenarios.LiveMissing(b), note: b.Title()})
			}
			printFindings(out, services)
			return nil
		},
	}
	servers.Register(c)
	return c
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
