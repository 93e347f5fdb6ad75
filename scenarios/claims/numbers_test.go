package claims

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/sim/check"
)

// Every number belongs to a claim that exists.
func TestNumbersNameClaimsThatExist(t *testing.T) {
	numbers, err := BuiltinNumbers(script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	ids := claimIDs(t)
	for _, n := range numbers {
		if !slices.Contains(ids, n.Claim) {
			t.Errorf("%s: there is no claim %s", n.Of, n.Claim)
		}
	}
	if len(numbers) < 30 {
		t.Errorf("only %d numbers", len(numbers))
	}
}

func TestNumbersComeOutAsTheFileStates(t *testing.T) {
	if testing.Short() {
		t.Skip("runs some thousand trials")
	}
	numbers, err := BuiltinNumbers(script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	if scripttest.Seeds(t) == 1 { // each number takes 20 trials, so a quarter of them is enough
		few := numbers[:0]
		for i := 0; i < len(numbers); i += 4 {
			few = append(few, numbers[i])
		}
		numbers = few
	}
	found, err := MeasureNumbers(t.Context(), numbers, outcome.Seeds{First: 1, Last: leastNumberSeeds}, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range found {
		if r.Verdict == NumberOtherwise || r.Verdict == NumberUndecided {
			t.Errorf("%s (%s): %s, measured %s", r.Number.Of, r.Number.Claim, r.Verdict, r.Measured)
		}
	}
}

// leaseTrials makes up one trial for each of lengths, a measured lease in seconds.
func leaseTrials(lengths ...float64) (out []outcome.Result) {
	for i, l := range lengths {
		r := outcome.Result{Seed: uint64(i + 1), TTL: 10e9, Measures: []check.Measured{{Measure: check.LeaseLength, Count: 1, Least: l, Most: l}}}
		for _, pre := range check.Preconditions() {
			r.Findings = append(r.Findings, check.Finding{Property: pre, Verdict: check.Holds})
		}
		out = append(out, r)
	}
	return out
}

func TestANumberIsMetWhereItSaysSo(t *testing.T) {
	unsound := leaseTrials(10, 11)
	unsound[1].Findings[0].Verdict = check.Violated
	for _, c := range []struct {
		name, rest string
		found      []outcome.Result
		want       NumberVerdict
	}{
		{"every one lies within", "", leaseTrials(10, 11), NumberMet},
		{"one does not", "", leaseTrials(10, 12.5), NumberOtherwise},
		{"one does not, and that is stated", "    unmet: a reason\n", leaseTrials(10, 12.5), NumberElsewhere},
		{"all do, and the opposite is stated", "    unmet: a reason\n", leaseTrials(10, 11), NumberOtherwise},
		{"the mean does", "    take: mean\n", leaseTrials(9, 12.5), NumberMet},
		{"the mean does not", "    take: mean\n", leaseTrials(12, 13), NumberOtherwise},
		{"the least does", "    take: least\n", leaseTrials(10, 99), NumberMet},
		{"the most does not", "    take: most\n", leaseTrials(10, 99), NumberOtherwise},
		{"a trial says nothing", "", unsound, NumberUndecided},
		{"there is no trial", "", nil, NumberUndecided},
	} {
		t.Run(c.name, func(t *testing.T) {
			numbers, err := loadNumbers(t, "    trials: {scenario: lease-length, backend: redis, guard: none, measures: {lease: [1ttl, 1.2ttl]}}\n"+c.rest)
			if err != nil {
				t.Fatal(err)
			}
			if r := numbers[0].judge(c.found, nil); r.Verdict != c.want {
				t.Errorf("%s, measured %s; want %s", r.Verdict, r.Measured, c.want)
			}
		})
	}
}

// The line turns somewhere between 1 and 3, or nowhere.
func TestWhereASweepTurns(t *testing.T) {
	for _, c := range []struct {
		name     string
		turns    string
		violated []int // trials of 10 violated at 0, 0.5, 1, 1.5, 2 and 3
		outcome  outcome.Outcome
		want     NumberVerdict
		measured string
	}{
		{"where it says", "1.03", []int{0, 0, 0, 4, 10, 10}, outcome.AsExpected, NumberMet, "between 1 and 2 %"},
		{"elsewhere", "2.5", []int{0, 0, 0, 4, 10, 10}, outcome.AsExpected, NumberOtherwise, "between 1 and 2 %"},
		{"from violated to not", "1.03", []int{10, 10, 10, 0, 0, 0}, outcome.AsExpected, NumberMet, "between 1 and 1.5 %"},
		{"nowhere", "1.03", []int{0, 0, 0, 0, 0, 0}, outcome.AsExpected, NumberOtherwise, "never turns"},
		{"a point contradicts", "1.03", []int{0, 0, 0, 4, 10, 10}, outcome.NotAsExpected, NumberOtherwise, "between 1 and 2 %"},
		{"a point is undecided", "1.03", []int{0, 0, 0, 4, 10, 10}, outcome.Undecided, NumberUndecided, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			numbers, err := loadNumbers(t, "    sweep: clock-rate\n    line: redlock, drift 1 %\n    turns: "+c.turns+"\n")
			if err != nil {
				t.Fatal(err)
			}
			var points []sweep.Point
			for i, x := range []float64{0, 0.5, 1, 1.5, 2, 3} {
				points = append(points, sweep.Point{Sweep: "clock-rate", Line: "redlock, drift 1 %", X: x, Trials: 10, Violated: c.violated[i], Outcome: c.outcome})
			}
			if r := numbers[0].judge(nil, points); r.Verdict != c.want || r.Measured != c.measured {
				t.Errorf("%s, measured %q; want %s and %q", r.Verdict, r.Measured, c.want, c.measured)
			}
		})
	}
}

const oneNumber = "numbers:\n  - claim: X1\n    of: something\n    published: a value\n    source: somewhere\n"

func loadNumbers(t *testing.T, rest string) ([]Number, error) {
	t.Helper()
	sweeps, err := sweep.Builtin(script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	return LoadNumbers("numbers.yaml", []byte(oneNumber+rest), script.Everything(), scriptsOf(t), sweeps)
}

func TestABadFileOfNumbersIsExplained(t *testing.T) {
	const trials = "    trials: {scenario: lease-length, backend: redis, guard: none, measures: {lease: [1ttl, 1.2ttl]}}\n"
	for _, c := range []struct{ name, rest, want string }{
		{"in no way", "", "numbers.yaml:2:5: this number needs exactly one way to be measured"},
		{"in two", trials + "    cannot: why\n", "numbers.yaml:2:5: this number needs exactly one way to be measured"},
		{"unknown take", trials + "    take: median\n", `numbers.yaml:7:11: take is "median"`},
		{"two backends", strings.Replace(trials, "redis", "[redis, etcd]", 1), "numbers.yaml:6:13: a number needs one cell"},
		{"unknown sweep", "    sweep: clock-rat\n    line: x\n    turns: 1\n", `numbers.yaml:6:12: there is no sweep "clock-rat"`},
		{"unknown line", "    sweep: clock-rate\n    line: x\n    turns: 1\n", `numbers.yaml:7:11: the sweep clock-rate has no line "x"`},
		{"never turns", "    sweep: clock-rate\n    line: redlock, drift 1 %\n", "numbers.yaml:2:5: this number does not say where the sweep turns"},
		{"a lease in leases", trials + "    ttl: 1ttl\n", "numbers.yaml:7:10: ttl is given in leases"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := loadNumbers(t, c.rest); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
