package lab

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/sim"
)

// registerAttach adds the flag --attach.
func registerAttach(c *cobra.Command, into *[]string) {
	c.Flags().StringArrayVar(into, "attach", nil, "run against servers that somebody else runs: NAME=HOST:PORT[,HOST:PORT...]"+attachable()+" (live; can be repeated)")
}

// attachArguments returns the flags for a command that runs something again.
func attachArguments(list []string) (arguments []string) {
	for _, each := range list {
		arguments = append(arguments, "--attach", each)
	}
	return arguments
}

// parseAttachments parses the values of --attach.
func parseAttachments(list []string, world string) (attachments, error) {
	if len(list) == 0 {
		return attachments{}, nil
	}
	if world != sim.LiveWorld {
		return attachments{}, fmt.Errorf("--attach needs --world %s, because only live trials have servers", sim.LiveWorld)
	}
	return attach(list)
}
