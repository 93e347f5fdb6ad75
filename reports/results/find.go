package results

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/locklab/locklab/scenarios/outcome"
)

// Found is a trial in the folder of a run.
type Found struct {
	Run    Run
	Result outcome.Result
}

// leastFingerprint is the minimum number of digits that count as a fingerprint.
const leastFingerprint = 4

// errEnough ends the reading of rows early.
var errEnough = errors.New("found")

// Find looks up a trial in a run's folder: by its ID, also as part of the name of a file that the
// run left, or by the beginning of its fingerprint, if that identifies it. The error says what was
// expected.
func Find(ctx context.Context, folder, name string) (Found, error) {
	if err := own(folder); err != nil {
		return Found{}, err
	}
	about, err := readAbout(folder)
	if err != nil {
		return Found{}, err
	}
	id := filepath.Base(name)
	for _, ending := range []string{".jsonl", ".svg", ".png"} {
		id = strings.TrimSuffix(id, ending)
	}
	digits := len(name) >= leastFingerprint && strings.Trim(name, "0123456789abcdef") == ""
	var found []outcome.Result
	err = readRows(ctx, filepath.Join(folder, resultsFile), func(p *piece) error {
		for _, r := range p.rows {
			switch {
			case r.ID() == id:
				found = []outcome.Result{r}
				return errEnough
			case digits && strings.HasPrefix(r.Fingerprint, name) && len(found) < 2:
				found = append(found, r)
			}
		}
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, errEnough):
		return Found{}, notAFolder(folder, err)
	case len(found) == 0:
		return Found{}, fmt.Errorf("%s has no trial %q, expected an ID such as gc-pause.redis.none.virtual.seed-1, or the first digits (%d or more) of a fingerprint; %s lists them all",
			folder, name, leastFingerprint, filepath.Join(folder, resultsFile))
	case len(found) > 1:
		return Found{}, fmt.Errorf("in %s more than one trial has a fingerprint that begins with %s, such as %s (%s) and %s (%s): expected more of its digits",
			folder, name, found[0].ID(), found[0].Fingerprint, found[1].ID(), found[1].Fingerprint)
	}
	if history := found[0].History; history != "" {
		if err := inside(folder, history); err != nil {
			return Found{}, err
		}
	}
	return Found{Run: Run{Path: folder, About: about}, Result: found[0]}, nil
}

// Card returns the card of the trial's scenario, nil if there is none.
func (f Found) Card() *outcome.Card {
	for i := range f.Run.Scenarios {
		if f.Run.Scenarios[i].Scenario == f.Result.Scenario {
			return &f.Run.Scenarios[i]
		}
	}
	return nil
}

// HistoryPath returns the file of the trial's history, "" if it was not kept.
func (f Found) HistoryPath() string {
	if f.Result.History == "" {
		return ""
	}
	return filepath.Join(f.Run.Path, f.Result.History)
}
