package main

import (
	"fmt"

	"github.com/locklab/locklab/scenarios"
)

// attachArguments are the flags for a command that runs something again.
func attachArguments(list []string) (arguments []string) {
	for _, each := range list {
		arguments = append(arguments, "--attach", each)
	}
	return arguments
}

// parseAttachments reads what was given to --attach.
func parseAttachments(list []string, world string) (attachments, error) {
	if len(list) == 0 {
		return attachments{}, nil
	}
	if world != scenarios.LiveWorld {
		return attachments{}, fmt.Errorf("--attach needs --world %s: only live trials have servers", scenarios.LiveWorld)
	}
	return attach(list)
}
