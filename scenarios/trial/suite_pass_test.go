package trial

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/audit"
)

// seeds returns the seeds with which tests run a whole suite.
func seeds(t testing.TB) outcome.Seeds { return outcome.Seeds{First: 1, Last: scripttest.Seeds(t)} }

var loaded = sync.OnceValues(func() ([]*script.Scenario, error) { return scenarios.Builtin(script.Everything()) })

// builtin returns the built-in scenarios, loaded once. A test must copy a scenario before it
// changes it.
func builtin(t testing.TB) []*script.Scenario {
	t.Helper()
	all, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// virtualTrials lists the trials of the built-in scenarios in the virtual world, without those that a
// script says make no sense.
func virtualTrials(t testing.TB, seeds outcome.Seeds) []Trial {
	t.Helper()
	trials, err := Selection{World: sim.VirtualWorld, Seeds: seeds}.Trials(builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	trials = slices.DeleteFunc(trials, func(trial Trial) bool { return len(trial.Scenario.Misfits) > 0 && trial.NotApplicable() != nil })
	if testing.Short() { // under the race detector, a few of each kind are enough
		few := trials[:0]
		for i := 0; i < len(trials); i += 5 {
			few = append(few, trials[i])
		}
		return few
	}
	return trials
}

// pass is one run of all cells, shared by many tests.
type pass struct {
	judged    []Judged // without messages
	disorders map[seeded]error
	err       error
}

// seeded identifies a trial of an unchanged built-in scenario.
type seeded struct {
	cell outcome.CellName
	seed uint64
}

var (
	once    sync.Once
	theSame pass
)

// suite runs every cell of the suite on several processors the first time it is called, and returns
// the same pass from then on.
func suite(t testing.TB) *pass {
	t.Helper()
	trials := virtualTrials(t, seeds(t))
	once.Do(func() {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
		theSame = runPass(trials)
	})
	if theSame.err != nil {
		t.Fatal(theSame.err)
	}
	return &theSame
}

func runPass(trials []Trial) pass {
	p := pass{disorders: map[seeded]error{}}
	var mutex sync.Mutex
	simulate := func(ctx context.Context, trial Trial) (*sim.History, error) {
		h, err := trial.SimulateRecorded(ctx)
		if err != nil {
			return nil, err
		}
		if all := audit.Disorders(h); len(all) > 0 {
			mutex.Lock()
			p.disorders[seeded{trial.Cell(), trial.Seed}] = fmt.Errorf("%v", all[0])
			mutex.Unlock()
		}
		h.Messages = nil
		return h, nil
	}
	p.err = RunAll(context.Background(), slices.Values(trials), 4, simulate, func(j Judged) error {
		p.judged = append(p.judged, j)
		return nil
	})
	return p
}
