package check

import (
	"github.com/locklab/locklab/sim/trace"
)

// tokenOrder is violated if fencing tokens repeat or go back in the order in which the lock
// service gave the lock away. A guard then cannot recognize a superseded holder by its token.
// What counts is the token that the client received or, if it never got the answer, the one that
// the service recorded, if any.
func tokenOrder(t *trace.Trace) Finding {
	issued, bare := 0, (*trace.Grant)(nil)
	var last *trace.Grant
	for _, g := range t.Grants {
		if g.Token() == 0 {
			if g.Acquired != nil {
				bare = g
			}
			continue
		}
		issued++
		if last != nil && g.Token() <= last.Token() {
			return violated(TokenOrder, "the lock service gave %s the token %d at %s after it had given %s the token %d at %s: tokens must increase",
				owner(g), g.Token(), clock(g.Granted.At), owner(last), last.Token(), clock(last.Granted.At)).
				shownBy(last.TokenEvent(), g.TokenEvent())
		}
		last = g
	}
	for _, e := range t.Ungranted {
		if e.Token != 0 {
			return undecided(TokenOrder, "%s received the token %d at %s, but the lock service has no record of that grant, so its place in the order is unknown",
				e.Host, e.Token, clock(e.At)).shownBy(e)
		}
	}
	switch {
	case issued == 0:
		return undecided(TokenOrder, "no fencing token was issued")
	case bare != nil:
		return undecided(TokenOrder, "%s was granted the lock at %s without a token while others got one",
			owner(bare), clock(bare.Granted.At)).shownBy(bare.Acquired)
	}
	return holds(TokenOrder, "%s, each higher than the one before", count(issued, "token"))
}
