package liveworld

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/sim"
)

// RegisterAttach adds the flag --attach.
func RegisterAttach(c *cobra.Command, into *[]string) {
	c.Flags().StringArrayVar(into, "attach", nil, "run against servers that somebody else runs: NAME=HOST:PORT[,HOST:PORT...]"+attachable()+" (live; can be repeated)")
}

// AttachArguments returns the flags for a command that runs something again.
func AttachArguments(list []string) (arguments []string) {
	for _, each := range list {
		arguments = append(arguments, "--attach", each)
	}
	return arguments
}

// ParseAttach parses the values of --attach.
func ParseAttach(list []string, world string) (Attached, error) {
	if len(list) == 0 {
		return Attached{}, nil
	}
	if world != sim.LiveWorld {
		return Attached{}, fmt.Errorf("--attach needs --world %s, because only live trials have servers", sim.LiveWorld)
	}
	return attach(list)
}
