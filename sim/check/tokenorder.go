package check

import "github.com/locklab/locklab/sim"

// tokenOrder: in the order in which the lock service gave the lock away, fencing tokens
// repeat or go back, so that a guard cannot tell a superseded holder by its token. What
// counts is the token that the client received; for a client that never got the answer,
// the one that the service recorded, if it did.
func tokenOrder(h *sim.History) Finding {
	all := grantsOf(h)
	issued, bare := 0, (*grant)(nil)
	var last *grant
	for _, g := range all.inOrder {
		if g.token() == 0 {
			if g.acquired != nil {
				bare = g
			}
			continue
		}
		issued++
		if last != nil && g.token() <= last.token() {
			return violated(TokenOrder, "the lock service gave %s the token %d at %s after it had given %s the token %d at %s: tokens must rise",
				g.owner(), g.token(), clock(g.granted.At), last.owner(), last.token(), clock(last.granted.At)).
				shownBy(last.tokenEvent(), g.tokenEvent())
		}
		last = g
	}
	for _, e := range all.unmatched {
		if e.Token != 0 {
			return undecided(TokenOrder, "%s received the token %d at %s, but the lock service's record has no such grant, so its place in the order is not known",
				e.Host, e.Token, clock(e.At)).shownBy(e)
		}
	}
	switch {
	case issued == 0:
		return undecided(TokenOrder, "no fencing token was issued")
	case bare != nil:
		return undecided(TokenOrder, "%s was granted the lock at %s without a token while others got one",
			bare.owner(), clock(bare.granted.At)).shownBy(bare.acquired)
	}
	return holds(TokenOrder, "%s, each higher than the one before", count(issued, "token"))
}

// tokenEvent is the event that says which token the grant carried.
func (g *grant) tokenEvent() *sim.Event {
	if g.acquired != nil && g.acquired.Token != 0 {
		return g.acquired
	}
	return g.granted
}

func (g *grant) token() uint64 { return g.tokenEvent().Token }
