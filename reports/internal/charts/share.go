package charts

import (
	"fmt"
	"math"
	"strconv"

	"github.com/locklab/locklab/scenarios/outcome"
)

// share is how many of the decided trials had a violation, and how many trials were run.
type share struct{ violated, decided, trials int }

func (s share) plus(t outcome.Tally) share {
	decided := t.Violated + t.Holds
	return share{s.violated + t.Violated, s.decided + decided, s.trials + decided + t.Undecided}
}

// nothing says why there is nothing to draw of a share; "" means that there is something.
func (s share) nothing() string {
	switch {
	case s.decided > 0:
		return ""
	case s.trials > 0:
		return "undecided"
	}
	return "no trial"
}

// chance reports whether it happened in some of the decided trials and not in others. Where it did not,
// the trials are copies of one outcome, and an interval would say nothing.
func (s share) chance() bool { return 0 < s.violated && s.violated < s.decided }

// value is from 0 to 1; of no trials it is 0.
func (s share) value() float64 {
	if s.decided == 0 {
		return 0
	}
	return float64(s.violated) / float64(s.decided)
}

// fewTrials is the number of trials below which a share is not given in per cent.
const fewTrials = 10

// percent returns "35" or, for few trials, "1/3". It says 0 and 100 only if that is exact.
func (s share) percent() string {
	if s.decided < fewTrials {
		return fmt.Sprintf("%d/%d", s.violated, s.decided)
	}
	switch percent := int(math.Round(100 * s.value())); {
	case percent == 0 && s.violated > 0:
		return "<1"
	case percent == 100 && s.violated < s.decided:
		return ">99"
	default:
		return strconv.Itoa(percent)
	}
}

// String returns "35 %" or, for few trials, "1 of 3".
func (s share) String() string {
	if s.decided < fewTrials {
		return fmt.Sprintf("%d of %d", s.violated, s.decided)
	}
	return s.percent() + " %"
}
