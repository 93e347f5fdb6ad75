package redlock

import (
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// answers is what the nodes said to one question.
type answers struct {
	of      []bool // by node: it said yes
	yes     int
	unknown int // how many did not answer: they may have done it, or may still do it
}

func (a *answers) note(node int, yes bool, err error) {
	switch {
	case err != nil:
		a.unknown++
	case yes:
		a.yes++
		a.of[node] = true
	}
}

// askAll asks every node, and returns when each has answered or timed out. The published
// algorithm asked them in sequence, and asks them in parallel since 2026.
func (l *Lock) askAll(what string, ask func(redis.Port) (bool, error)) answers {
	all := answers{of: make([]bool, len(l.nodes))}
	if l.sequential {
		for i, node := range l.nodes {
			yes, err := ask(node)
			all.note(i, yes, err)
		}
		return all
	}
	done, waiting := l.host.NewSignal(), len(l.nodes)
	for i, node := range l.nodes {
		l.host.Go(what, func(sim.Host) {
			yes, err := ask(node)
			all.note(i, yes, err)
			if waiting--; waiting == 0 {
				done.Fire()
			}
		})
	}
	done.Wait(sim.Forever) // every request has a time-out
	return all
}

// sent is called by a port when a request for the lock is on its way. When the last of them
// is, the client has asked for the lock and knows nothing yet.
func (l *Lock) sent(value string) {
	if value != l.asking {
		return // topping up
	}
	if l.unsent--; l.unsent == 0 {
		l.asking = ""
		l.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: value})
	}
}
