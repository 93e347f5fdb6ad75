package check

import (
	"fmt"

	"github.com/locklab/locklab/sim/trace"
)

// judgeSet is lostUpdate for a set. It is violated if an element that was acknowledged to its
// client is missing from the set at the end of the trial. Elements whose outcome the client
// never learned do not count either way.
func judgeSet(s *trace.Set) Finding {
	told := len(s.Acknowledged)
	switch {
	case s.Read == nil:
		return undecided(LostUpdate, "nobody could read the set when the trial was over")
	case told == 0:
		return undecided(LostUpdate, "no element was acknowledged, so there was nothing to lose")
	}
	lost := s.Lost()
	if len(lost) == 0 {
		return holds(LostUpdate, "%s, all of them in the set of %s", count(told, "acknowledged element"), s.Read.Host)
	}
	first, last := lost[0], lost[len(lost)-1]
	until := ""
	if last != first {
		until = fmt.Sprintf(", the last at %s", clock(last.At))
	}
	return violated(LostUpdate, "%s was told at %s that %s had been added, but it is missing from the set of %s at the end of the trial: %d of %s %s lost%s",
		first.Host, clock(first.At), element(first.Op), s.Read.Host, len(lost), count(told, "acknowledged element"), are(len(lost)), until).
		shownBy(first, last, s.Read)
}

// element names an element of a client that has already been named: "its 12th element".
func element(op string) string {
	if n := trace.NumberOf(op); n > 0 {
		return "its " + trace.Ordinal(n) + " element"
	}
	return "an element"
}
