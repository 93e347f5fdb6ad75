package sweep

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
)

// measure runs a sweep with a few seeds.
func measure(t *testing.T, s *Sweep, seeds uint64) Result {
	t.Helper()
	r := Result{About: s.About}
	err := Run(t.Context(), []*Sweep{s}, outcome.Seeds{First: 1, Last: seeds}, trial.Shard{}, 2, func(p Point) error {
		r.Points = append(r.Points, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSweepsComeOutAsDerived(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the same code thousands of times")
	}
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			s, err := Find(name, script.Everything())
			if err != nil {
				t.Fatal(err)
			}
			twice := 2 * scripttest.Seeds(t)
			r := measure(t, s, twice)
			if len(r.Points) != s.Total() {
				t.Errorf("%d points, want %d", len(r.Points), s.Total())
			}
			for _, p := range r.Points {
				if p.Outcome != outcome.AsExpected || p.Trials != int(twice) {
					t.Errorf("%s at %v: %d of %d violated, %d undecided; derived %v to %v", p.Line, p.X, p.Violated, p.Trials, p.Undecided, p.Least, p.Most)
				}
			}
		})
	}
}

// TestBrokenLocksTurnElsewhere checks that a deliberately broken lock turns at another place than
// derived for the intact one.
func TestBrokenLocksTurnElsewhere(t *testing.T) {
	for _, c := range []struct {
		mistake, sweep, whole, broken string
		line                          string
		wrong                         []float64 // where it contradicts the derivation
	}{
		{"two of five for a quorum", "jumped-nodes", "backend: redlock\n", "backend: redlock+quorum=2\n", "redlock, holds 5 of 5", []float64{2}},
		{"no allowance for drift", "clock-rate", "redlock+drift=0.05ttl", "redlock+drift=0s", "redlock, drift 5 %", []float64{0.5, 1, 1.5, 2, 3, 4, 5}},
		{"no renewal", "pause", "backend: redis+renew\n", "backend: redis\n    name: redis+renew, guard none\n", "redis+renew, guard none", []float64{0.65, 0.7, 0.75, 0.8, 0.85, 0.9}},
		{"no fence", "pause", "guard: fence-all\n", "guard: unique\n    name: fenced\n", "fenced", []float64{0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.4, 1.45, 1.5}},
		{"no waiting for the replica", "replication-lag", "backend: sentinel+wait=1\n", "backend: sentinel\n    name: waits\n", "waits", []float64{200, 220, 240, 260, 280, 300, 320}},
	} {
		t.Run(c.mistake, func(t *testing.T) {
			src, err := scenarios.SweepSource(c.sweep)
			if err != nil || !strings.Contains(string(src), c.whole) {
				t.Fatalf("the sweep has no %q (%v)", c.whole, err)
			}
			s, err := Load("broken.yaml", []byte(strings.Replace(string(src), c.whole, c.broken, 1)), script.Everything(), nil)
			if err != nil {
				t.Fatal(err)
			}
			s.lines = slices.DeleteFunc(s.lines, func(l scriptedLine) bool { return l.Name != c.line })
			var wrong []float64
			for _, p := range measure(t, s, 5).Points {
				if p.Outcome == outcome.NotAsExpected {
					wrong = append(wrong, p.X)
				}
			}
			if !slices.Equal(wrong, c.wrong) {
				t.Errorf("not as derived at %v, want %v", wrong, c.wrong)
			}
		})
	}
}

func TestASweepThatIsCancelledKeepsWhatItHas(t *testing.T) {
	s, err := Find("jumped-nodes", script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	points := 0
	seeds := outcome.Seeds{First: 1, Last: 100} // far more trials than may be run ahead
	err = Run(ctx, []*Sweep{s}, seeds, trial.Shard{}, 2, func(p Point) error {
		if points++; points == 3 {
			cancel()
		}
		if want := s.Parameter.Values[(points-1)%len(s.Parameter.Values)]; p.X != want || p.Trials != int(seeds.Count()) {
			t.Errorf("point %d is at %v with %d trials, want %v with %d", points, p.X, p.Trials, want, seeds.Count())
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || points < 3 || points == s.Total() {
		t.Errorf("%d of %d points and %v, want a few and that it was cancelled", points, s.Total(), err)
	}
}

func TestDerivedSharesAreThoseAroundAPlace(t *testing.T) {
	inf := math.Inf(1)
	ramp := Derived{{1, 0}, {2, 1}}
	for _, c := range []struct {
		derived     Derived
		x, within   float64
		least, most float64
	}{
		{levelAt(1), -7, 0, 1, 1},
		{violatedBetween(1, inf), 0.9, 0.05, 0, 0},
		{violatedBetween(1, inf), 0.9, 0.2, 0, 1},
		{violatedBetween(1, inf), 1.1, 0.05, 1, 1},
		{violatedBetween(-inf, 1), 0.9, 0.05, 1, 1},
		{violatedBetween(1, 2), 2.1, 0.05, 0, 0},
		{violatedBetween(1, 1.1), 1.05, 0.2, 0, 1},
		{ramp, 1.5, 0, 0.5, 0.5},
		{ramp, 1.5, 0.25, 0.25, 0.75},
		{ramp, 2.1, 0.25, 0.85, 1},
	} {
		least, most := c.derived.Around(c.x, c.within)
		if math.Abs(least-c.least) > 1e-9 || math.Abs(most-c.most) > 1e-9 {
			t.Errorf("%v around %v by %v: %v to %v, want %v to %v", c.derived, c.x, c.within, least, most, c.least, c.most)
		}
	}
}

func TestWhatChanceCannotBringAboutContradicts(t *testing.T) {
	for _, c := range []struct {
		least, most float64
		k, n        int
		want        bool
	}{
		{0, 0, 0, 20, true}, {0, 0, 1, 20, false}, {1, 1, 20, 20, true}, {1, 1, 19, 20, false},
		{0.5, 0.5, 10, 20, true}, {0.5, 0.5, 3, 20, true}, {0.5, 0.5, 0, 20, false}, {0.5, 0.5, 20, 20, false},
		{0.5, 0.6, 57, 100, true}, {0.5, 0.6, 20, 100, false}, {0.5, 0.6, 90, 100, false},
		{0.5, 0.5, 0, 0, true},
	} {
		if got := explains(c.least, c.most, c.k, c.n); got != c.want {
			t.Errorf("%d of %d under %v to %v: explained %v, want %v", c.k, c.n, c.least, c.most, got, c.want)
		}
	}
	if p := atLeast(8, 10, 0.5); math.Abs(p-56.0/1024) > 1e-12 {
		t.Errorf("8 or more heads of 10 come with a chance of %v, want 56 of 1024", p)
	}
}

// TestSweepsAreReadBackAsWritten includes the incomplete last row that a killed run leaves.
func TestSweepsAreReadBackAsWritten(t *testing.T) {
	s, err := Find("jumped-nodes", script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	want := Result{About: s.About, Points: []Point{
		{Sweep: s.Name, Line: s.Lines[0].Name, X: 0, Trials: 5, Outcome: outcome.AsExpected},
		{Sweep: s.Name, Line: s.Lines[0].Name, X: 1, Trials: 5, Violated: 3, Undecided: 1, Most: 0.5, Outcome: outcome.NotAsExpected},
	}}
	var file bytes.Buffer
	rows := []Row{{Sweep: &want.About}, {Point: &want.Points[0]}, {Point: &want.Points[1]}}
	for _, row := range rows {
		if err := WriteRow(&file, row); err != nil {
			t.Fatal(err)
		}
	}
	file.WriteString(`{"point":{"sweep":`)
	got, err := Read(&file, "sweeps.jsonl")
	if err != nil || !reflect.DeepEqual(got, []Result{want}) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, want)
	}
}

// TestASweepThatIsNotWholeIsRefusedWithItsPlace covers sweeps whose chart could not be drawn.
func TestASweepThatIsNotWholeIsRefusedWithItsPlace(t *testing.T) {
	const whole = `{"sweep":{"name":"w","parameter":{"values":[1,2]},"lines":[{"name":"l","derived":[{"x":1,"p":0}]}]}}`
	if got, err := Read(strings.NewReader(whole+"\n"), "f"); err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, c := range []struct{ row, want string }{
		{`{"sweep":{"name":"x"}}`, `sweeps.jsonl:2:1: sweep "x" needs at least two values of its parameter but has 0; expected what`},
		{`{"sweep":{"name":"x","parameter":{"values":[1]}}}`, `sweeps.jsonl:2:1: sweep "x" needs at least two values of its parameter but has 1`},
		{`{"sweep":{"name":"x","parameter":{"values":[1,3,3]}}}`, `sweeps.jsonl:2:1: sweep "x" has the value 3 after 3`},
		{`{"sweep":{"name":"x","parameter":{"values":[1,2]},"lines":[{"name":"l"}]}}`, `sweeps.jsonl:2:1: sweep "x" has the line "l" with nothing derived`},
		{`{"sweep":{"name":5}}`, `sweeps.jsonl:2:18: json: cannot unmarshal number`},
		{`{"sweep"`, `sweeps.jsonl:2:9: `},
		{`{"point":{"sweep":"pause"}}`, `sweeps.jsonl:2:1: a point of sweep "pause" does not follow that sweep`},
	} {
		if _, err := Read(strings.NewReader(whole+"\n"+c.row+"\n"), "sweeps.jsonl"); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s\ngot  %v\nwant %s", c.row, err, c.want)
		}
	}
}
