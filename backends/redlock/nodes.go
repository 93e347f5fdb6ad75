package redlock

import (
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// answers are the nodes' answers to one question.
type answers struct {
	of      []bool // by node: it said yes, perhaps after the wait ended
	yes, no int
	unknown int // how many did not answer: they may have done it, or may still do it
}

func (a *answers) note(node int, yes bool, err error) {
	switch {
	case err != nil:
		a.unknown++
	case yes:
		a.yes++
		a.of[node] = true
	default:
		a.no++
	}
}

// decided reports whether the remaining answers can no longer affect the quorum.
func (a *answers) decided(quorum int) bool {
	return a.yes >= quorum || len(a.of)-a.no-a.unknown < quorum
}

// askAll asks every node, and returns when each has answered or timed out. The published algorithm
// asked them in sequence, and has asked them in parallel since 2026.
//
// It does not say whether to wait for an answer that can no longer make a difference. redsync does,
// unless it is given WithFailFast (mutex.go, actOnPoolsAsync); node-redlock does not. Requests sent
// in parallel stay under way, and their answers are still recorded. In sequence, no further node is
// then asked for the lock; a release always goes to all.
func (l *Lock) askAll(what string, ask func(int, redis.Port) (bool, error)) answers {
	all := &answers{of: make([]bool, len(l.nodes))}
	if l.sequential {
		for i, node := range l.nodes {
			yes, err := ask(i, node)
			all.note(i, yes, err)
			if l.early && what != unlocking && all.decided(l.quorum) {
				break
			}
		}
		return *all
	}
	done, waiting := l.host.NewSignal(), len(l.nodes)
	for i, node := range l.nodes {
		l.host.Go(what, func(sim.Host) {
			yes, err := ask(i, node)
			all.note(i, yes, err)
			if waiting--; waiting == 0 || l.early && all.decided(l.quorum) {
				done.Fire()
			}
		})
	}
	done.Wait(sim.Forever) // every request has a time-out
	return *all
}

// unlocking is the name of a release in askAll.
const unlocking = "unlock"

// asking is one round of requests for the lock.
type asking struct {
	value   string
	settled []bool // by node: the request is on its way, or never will be
	open    int    // how many are not settled
	any     bool   // at least one is on its way
}

// sent is called by a port once a request for the lock is on its way.
func (l *Lock) sent(node int, value string) {
	if l.asking != nil && value == l.asking.value { // else it is topping up
		l.settle(l.asking, node, true)
	}
}

// settle records that a request is on its way or has ended; one that could not be sent was never on
// its way. When the last request is settled, the client has asked for the lock and knows nothing
// yet.
func (l *Lock) settle(a *asking, node int, sent bool) {
	if a.settled[node] {
		return
	}
	a.settled[node], a.any = true, a.any || sent
	if a.open--; a.open == 0 && a.any {
		l.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: a.value})
	}
}
