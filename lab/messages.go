package lab

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/locklab/locklab/lab/internal/liveworld"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// withMessages returns the history with its messages. A run does not keep those of virtual trials, so
// the trial is run again, which has to give the same events.
func withMessages(ctx context.Context, path string, h *sim.History) (*sim.History, error) {
	if h.Header.World != sim.VirtualWorld || len(h.Messages) > 0 {
		return h, nil
	}
	t, err := trialOf(ctx, path, h.Header)
	if err == nil {
		var again *sim.History
		if again, err = t.SimulateRecorded(ctx); err == nil {
			if again.Fingerprint() == h.Fingerprint() {
				return again, nil
			}
			err = errors.New("it gives other events now, because locklab or the script has changed")
		}
	}
	return nil, fmt.Errorf("%s has no messages to draw, and its trial cannot be run again to get them: %w", path, err)
}

// trialOf returns the trial that a history is of: as the run beside the file has it or, away from a run,
// as its header says, if the script is a built-in one.
func trialOf(ctx context.Context, path string, h sim.Header) (trial.Trial, error) {
	folder := filepath.Dir(filepath.Dir(path))
	if found, err := results.Find(ctx, folder, path); err == nil && found.Card() != nil {
		o := replayOptions{from: folder}
		return o.trialAgain(found.Result, found.Card(), liveworld.Attached{})
	}
	if _, err := scenarios.Source(h.Scenario); err != nil {
		return trial.Trial{}, fmt.Errorf("its scenario %s is not built in, and the file is not in the folder of its run: draw it there", h.Scenario)
	}
	s, err := scenarios.Find(h.Scenario, script.Everything())
	if err != nil {
		return trial.Trial{}, err
	}
	name := outcome.NameOf(h)
	return trial.Again(outcome.Result{
		Scenario: name.Scenario, Backend: name.Backend, Guard: name.Guard, Discipline: name.Discipline, World: name.World,
		Seed: h.Seed, TTL: h.TTL,
	}, s, nil)
}
