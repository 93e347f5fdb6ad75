package scenarios

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// virtualTrials lists trials of the built-in scenarios in the virtual world.
func virtualTrials(t testing.TB, seeds Seeds) []Trial {
	t.Helper()
	if testing.Short() {
		seeds.Last = seeds.First
	}
	all, err := Builtin(Everything())
	if err != nil {
		t.Fatal(err)
	}
	trials, err := Selection{World: VirtualWorld, Seeds: seeds}.Trials(all)
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

// one gives a trial of a built-in scenario.
func one(t testing.TB, scenario, backend, guard string) Trial {
	t.Helper()
	s, err := Find(scenario, Everything())
	if err != nil {
		t.Fatal(err)
	}
	trials, err := Selection{Backends: []string{backend}, Guards: []string{guard}, World: VirtualWorld, Seeds: Seeds{1, 1}}.Trials([]*Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	return trials[0]
}

// Every verdict of the suite is what its script predicts. These are the first few seeds; the
// README's first command runs all of them, and a test of the command runs that.
func TestEveryCellIsAsExpected(t *testing.T) {
	expectAll(t, virtualTrials(t, Seeds{1, 3}))
}

// The same under the lease that the live world has, with the options of its servers: what the
// live world is held against must be decided itself.
func TestEveryCellThatTheLiveWorldIsHeldAgainstIsAsExpected(t *testing.T) {
	trials := virtualTrials(t, Seeds{1, 3})
	for i := range trials {
		trials[i].asLive, trials[i].TTL = true, trials[i].Scenario.LiveTTL
	}
	expectAll(t, trials)
}

func expectAll(t *testing.T, trials []Trial) {
	t.Helper()
	err := RunAll(context.Background(), trials, 2,
		func(ctx context.Context, trial Trial) (*sim.History, error) { return trial.Simulate(t.Context()) },
		func(j Judged) error {
			if j.Result.Outcome != AsExpected {
				t.Errorf("%s: %s", j.Result.Replay(""), strings.Join(j.Result.Surprises, "; "))
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
}

// A violation counts as reproduced only if it goes away when the faults are left out. Only
// the lock that is none at all loses withdrawals without any fault, and only tokens that are
// made of the wrong thing repeat or go back without one.
func TestViolationsDisappearWithTheFault(t *testing.T) {
	for _, trial := range virtualTrials(t, Seeds{1, 3}) {
		if len(trial.Scenario.Steps) == 0 || trial.Backend.Backend.Name() == "none" {
			continue
		}
		predicted := trial.Scenario.Expected(trial.cell())
		calm := *trial.Scenario
		calm.Steps = nil
		trial.Scenario = &calm
		h, err := trial.Simulate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range predicted {
			if p.Property == check.TokenOrder && trial.Backend.Sets("token-from") {
				continue
			}
			if f := check.One(p.Property, h); p.Verdict == check.Violated && f.Verdict == check.Violated {
				t.Errorf("%s with %s, guard %s, without its fault: %s: %s", trial.Scenario.Name, trial.Backend, trial.Guard, f.Property, f.Why)
			}
		}
	}
}

// fingerprintsFile has the fingerprint of a trial of every cell: what a change of a script, a
// lock or the kernel changes stands there cell by cell.
const fingerprintsFile = "testdata/fingerprints.txt"

// printFingerprints makes a test process print the fingerprint of a trial of each cell and exit.
const printFingerprints = "LOCKLAB_TEST_FINGERPRINTS"

func fingerprints(t testing.TB) string {
	all, err := Builtin(Everything())
	if err != nil {
		t.Fatal(err)
	}
	trials, err := Selection{World: VirtualWorld, Seeds: Seeds{1, 1}}.Trials(all)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	err = RunAll(context.Background(), trials, 4,
		func(ctx context.Context, trial Trial) (*sim.History, error) { return trial.Simulate(t.Context()) },
		func(j Judged) error {
			b.WriteString(j.Result.Fingerprint + " " + j.Result.Cell().String() + "\n")
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestTheSameTrialGivesTheSameBytesEverywhere: whenever, on whichever machine and on however
// many processors it runs.
func TestTheSameTrialGivesTheSameBytesEverywhere(t *testing.T) {
	if os.Getenv(printFingerprints) != "" {
		_, _ = os.Stdout.WriteString(fingerprints(t))
		os.Exit(0)
	}
	if *update {
		if err := os.WriteFile(fingerprintsFile, []byte(fingerprints(t)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(fingerprintsFile)
	if err != nil {
		t.Fatal(err)
	}
	counts := []string{"1", "4"}
	if testing.Short() {
		counts = counts[1:]
	}
	for _, processors := range counts {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestTheSameTrialGivesTheSameBytesEverywhere$")
		cmd.Env = append(os.Environ(), printFingerprints+"=1", "GOMAXPROCS="+processors)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		got, expected := strings.Split(string(out), "\n"), strings.Split(string(want), "\n")
		differ := slices.DeleteFunc(slices.Clone(got), func(line string) bool { return slices.Contains(expected, line) })
		if len(differ) > 0 || len(got) != len(expected) {
			t.Errorf("with GOMAXPROCS=%s, %d cells in place of %d, and %d tell another story than %s, such as %q; run the test with -update if that is right",
				processors, len(got)-1, len(expected)-1, len(differ), fingerprintsFile, differ[:min(3, len(differ))])
		}
	}
}

func TestSeedsDifferInTheirHistories(t *testing.T) {
	trial := one(t, "gc-pause", "redis", "none")
	first, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	trial.Seed = 2
	second, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if first.Events[5].At == second.Events[5].At && len(first.Events) == len(second.Events) {
		t.Error("seeds 1 and 2 give the same history")
	}
}

// A script means the same under any lease, unless it is about lengths that were published: then
// it has the same lease in both worlds.
func TestVerdictsDoNotDependOnTheLease(t *testing.T) {
	for _, trial := range virtualTrials(t, Seeds{1, 1}) {
		if trial.Scenario.LiveTTL == trial.Scenario.TTL {
			continue
		}
		trial.TTL /= 5
		h, err := trial.Simulate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r := trial.Judge(h); r.Outcome != AsExpected {
			t.Errorf("with a lease of %v: %s: %s", trial.TTL, r.Replay(""), strings.Join(r.Surprises, "; "))
		}
	}
}

// The judge must notice when theory and measurement part.
func TestUnmetExpectationIsASurprise(t *testing.T) {
	trial := one(t, "gc-pause", "redis", "none")
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	contrary := *trial.Scenario
	contrary.Expect = []Expectation{{Verdicts: []PropertyValue{{check.LostUpdate, check.Holds}}, Because: "somebody hopes so"}}
	trial.Scenario = &contrary
	r := trial.Judge(h)
	if r.Outcome != NotAsExpected || len(r.Surprises) != 1 || !strings.Contains(r.Surprises[0], "expected holds, because somebody hopes so; found violated") {
		t.Errorf("outcome %v, surprises %q", r.Outcome, r.Surprises)
	}
}

// What a script expects and the history does not show is neither met nor missed.
func TestAnExpectedPropertyThatStaysUndecidedLeavesTheTrialUndecided(t *testing.T) {
	trial := one(t, "gc-pause", "redis", "none")
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []Expectation{
		{Verdicts: []PropertyValue{{check.TokenOrder, check.Holds}}, Because: "somebody hopes so"},
		{Verdicts: []PropertyValue{{check.TokenOrder, check.Violated}}, Because: "somebody fears so"},
		{Sometimes: []Chance{{Property: check.TokenOrder}}, Because: "somebody cannot tell"},
	} {
		asked := *trial.Scenario
		asked.Expect = []Expectation{row}
		trial.Scenario = &asked
		r := trial.Judge(h)
		if r.Outcome != Undecided || len(r.Surprises) != 1 || !strings.Contains(r.Surprises[0], "found undecided: no fencing token was issued") {
			t.Errorf("%s: outcome %v, surprises %q; want undecided", row.Because, r.Outcome, r.Surprises)
		}
	}
}

func TestFaultThatNeverHappenedMakesTheTrialUndecided(t *testing.T) {
	trial := one(t, "gc-pause", "redis", "none")
	missed := *trial.Scenario
	missed.Steps = []Step{missed.Steps[0]}
	missed.Steps[0].On = &On{Host: "client-1", Event: sim.Read, Nth: 2} // there is only one read
	trial.Scenario = &missed
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r := trial.Judge(h); r.Outcome != Undecided || !strings.Contains(r.Surprises[0], "faults-happened") {
		t.Errorf("outcome %v, surprises %q", r.Outcome, r.Surprises)
	}
}

func BenchmarkGCPauseTrial(b *testing.B) {
	trial := one(b, "gc-pause", "redis", "none")
	b.ReportAllocs()
	events := 0
	for i := range b.N {
		trial.Seed = uint64(i)
		h, err := trial.Simulate(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		events += len(h.Events)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "trials/s")
	b.ReportMetric(float64(events)/float64(b.N), "events/trial")
}

func BenchmarkGCPauseTrialJudged(b *testing.B) {
	trial := one(b, "gc-pause", "redis", "none")
	b.ReportAllocs()
	for i := range b.N {
		trial.Seed = uint64(i)
		h, err := trial.Simulate(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if r := trial.Judge(h); r.Outcome != AsExpected {
			b.Fatal(r.Surprises)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "trials/s")
}
