package redlock

import (
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// answers is what the nodes said to one question.
type answers struct {
	of      []bool // by node: it said yes; also what is answered when nobody waits any more
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

// decided tells whether it makes no difference to a quorum any more what the other nodes say.
func (a *answers) decided(quorum int) bool {
	return a.yes >= quorum || len(a.of)-a.no-a.unknown < quorum
}

// askAll asks every node, and returns when each has answered or timed out. The published
// algorithm asked them in sequence, and asks them in parallel since 2026.
//
// It does not say whether to wait for an answer that makes no difference any more. redsync does,
// unless it is given WithFailFast (mutex.go, actOnPoolsAsync); node-redlock does not. What was asked in parallel is asked all the same,
// and its answer still taken note of. In sequence, nobody else is asked for the lock then;
// a release always goes to all.
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

// unlocking is what a release is called.
const unlocking = "unlock"

// asking is one round of requests for the lock.
type asking struct {
	value   string
	settled []bool // by node: the request is on its way, or never will be
	open    int    // how many are not settled
	any     bool   // one at least is on its way
}

// sent is called by a port when a request for the lock is on its way.
func (l *Lock) sent(node int, value string) {
	if l.asking != nil && value == l.asking.value { // else it is topping up
		l.settle(l.asking, node, true)
	}
}

// settle takes note that a request is on its way, or has come to its end: one that could not
// be sent never was on its way. When the last one is settled, the client has asked for the
// lock and knows nothing yet.
func (l *Lock) settle(a *asking, node int, sent bool) {
	if a.settled[node] {
		return
	}
	a.settled[node], a.any = true, a.any || sent
	if a.open--; a.open == 0 && a.any {
		l.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: a.value})
	}
}
