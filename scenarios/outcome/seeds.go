package outcome

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Seeds is a range of seeds, both ends included.
type Seeds struct{ First, Last uint64 }

// ParseSeeds reads "20" (the seeds 1 to 20) or "7..9".
func ParseSeeds(text string) (Seeds, error) {
	bad := fmt.Errorf("%q is not a valid choice of seeds; expected a count such as 20 or a range such as 7..9", text)
	tooMany := fmt.Errorf("%q is too many seeds, expected %d at most", text, maxSeeds)
	var s Seeds
	first, last, ranged := strings.Cut(text, "..")
	if !ranged {
		first, last = "1", text
	}
	for _, part := range []struct {
		text string
		into *uint64
	}{{first, &s.First}, {last, &s.Last}} {
		n, err := strconv.ParseUint(part.text, 10, 64)
		if errors.Is(err, strconv.ErrRange) && !ranged {
			return Seeds{}, tooMany
		}
		if err != nil {
			return Seeds{}, bad
		}
		*part.into = n
	}
	if s.Last < s.First {
		return Seeds{}, bad
	}
	if s.Last-s.First >= maxSeeds {
		return Seeds{}, tooMany
	}
	return s, nil
}

// maxSeeds bounds the trials of one cell, and maxTrials those of a whole run.
const (
	maxSeeds  = 10_000_000
	maxTrials = 1_000_000
)

// Count returns the number of seeds.
func (s Seeds) Count() uint64 { return s.Last - s.First + 1 }

// Fit returns an error if a run that has this many trials cannot take this many more cells.
func (s Seeds) Fit(trials, cells int) error { return s.FitIn(maxTrials, trials, cells) }

// FitIn is Fit for a run with another maximum number of trials.
func (s Seeds) FitIn(most uint64, trials, cells int) error {
	if uint64(trials)+uint64(cells)*s.Count() <= most {
		return nil
	}
	return fmt.Errorf("more than %d trials, the maximum for one run: choose fewer seeds than %d, or fewer cells", most, s.Count())
}
