package check

import "github.com/locklab/locklab/sim/trace"

// owner names the client that the lock was given to.
func owner(g *trace.Grant) string {
	if g.Client == "" {
		return "an unknown client"
	}
	return string(g.Client)
}
