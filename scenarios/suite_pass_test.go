package scenarios

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/audit"
)

// seedsVariable is the environment variable for how many seeds of each trial the tests run. A
// mistake in a lock shows in most cells with the first seed, so a developer's run has one;
// continuous integration asks for more.
const seedsVariable = "LOCKLAB_SEEDS"

// seeds returns the seeds with which tests run a whole suite.
func seeds(t testing.TB) Seeds {
	t.Helper()
	text := os.Getenv(seedsVariable)
	if text == "" || testing.Short() {
		return Seeds{1, 1}
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n < 1 || n > 20 {
		t.Fatalf("%s is %q; expected how many seeds of each trial to run, from 1 to 20", seedsVariable, text)
	}
	return Seeds{1, n}
}

var loaded = sync.OnceValues(func() ([]*Scenario, error) { return Builtin(Everything()) })

// builtin returns the built-in scenarios, loaded once. A test must copy a scenario before it
// changes it.
func builtin(t testing.TB) []*Scenario {
	t.Helper()
	all, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// virtualTrials lists the trials of the built-in scenarios in the virtual world.
func virtualTrials(t testing.TB, seeds Seeds) []Trial {
	t.Helper()
	trials, err := Selection{World: VirtualWorld, Seeds: seeds}.Trials(builtin(t))
	if err != nil {
		t.Fatal(err)
	}
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
	history   map[seeded]*sim.History
	err       error
}

// seeded identifies a trial of an unchanged built-in scenario.
type seeded struct {
	cell CellName
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
	p := pass{disorders: map[seeded]error{}, history: map[seeded]*sim.History{}}
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
	p.err = RunAll(context.Background(), trials, 4, simulate, func(j Judged) error {
		p.judged = append(p.judged, j)
		p.history[seeded{j.Trial.Cell(), j.Trial.Seed}] = j.History
		return nil
	})
	return p
}

// of returns the history of a trial of an unchanged built-in scenario.
func (p *pass) of(t *testing.T, trial Trial) *sim.History {
	t.Helper()
	if h := p.history[seeded{trial.Cell(), trial.Seed}]; h != nil && h.Header.TTL == trial.TTL {
		return h
	}
	return simulated(t, trial) // not a cell of the script, or more seeds
}
