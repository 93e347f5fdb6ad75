package charts

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// panelOf returns the rows of a family by lock service.
func panelOf(t *testing.T, v violations, family Family) map[string]violationRow {
	t.Helper()
	for _, p := range v.panels {
		if p.family == family {
			rows := map[string]violationRow{}
			for i, name := range v.backends {
				rows[name] = p.rows[i]
			}
			return rows
		}
	}
	t.Fatalf("there is no panel %q", family)
	return nil
}

func TestViolationsAreAddedUpByFamily(t *testing.T) {
	v := newViolations(world(), sim.VirtualWorld)
	pauses := panelOf(t, v, Pauses)
	for backend, want := range map[string]violationRow{
		"redis":     {overlap: share{20, 20, 20}, valid: share{0, 20, 20}, harm: share{20, 20, 20}, left: share{0, 20, 20}},
		"zookeeper": {overlap: share{20, 20, 20}, valid: share{0, 20, 20}, harm: share{7, 20, 20}, left: share{0, 20, 20}},
		"none":      {}, // no trial, which is not the same as no violation
	} {
		if got := pauses[backend]; got != want {
			t.Errorf("%s: %+v, want %+v", backend, got, want)
		}
	}
	if got := panelOf(t, v, Clocks)["redlock"].harm; got != (share{0, 0, 20}) {
		t.Errorf("20 undecided trials count as %+v", got)
	}
	for _, p := range v.panels {
		if p.family == Several {
			t.Error("there is a panel of a family without a scenario")
		}
	}
}

func TestTwoScenariosOfAFamilyShareABar(t *testing.T) {
	v := newViolations(set([]outcome.Summary{
		cell("a", "redis", "none", harm(20)), cell("b", "redis", "none"), cell("b", "redis", "cas", harm(1)),
	}, card("a", sim.Pause), card("b", sim.Pause)), sim.VirtualWorld)
	if got, want := panelOf(t, v, Pauses)["redis"], (violationRow{overlap: share{0, 40, 40}, valid: share{0, 40, 40}, harm: share{20, 40, 40}, left: share{1, 20, 20}}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if v.panels[0].scenarios != 2 {
		t.Errorf("%d scenarios, want 2", v.panels[0].scenarios)
	}
}

func TestALockServiceWithoutATrialIsNotDrawnAsOneThatNeverFailed(t *testing.T) {
	got := texts(t, Violations(world(), sim.VirtualWorld))
	if !strings.Contains(got, "no trial") {
		t.Errorf("no panel says that a lock was not tried in it:\n%s", got)
	}
}

// The headline leaves out the control that locks nothing, and what happens without a fault.
func TestTheHeadlineOfViolationsIsAboutLocksAndFaults(t *testing.T) {
	v := newViolations(set([]outcome.Summary{
		cell("quiet", "redis", "none", harm(20)),
		cell("a", "none", "none", harm(20)), cell("a", "none", "cas", harm(20)),
		cell("a", "redis", "none", harm(10)), cell("a", "redis", "cas"),
	}, card("quiet"), card("a", sim.Pause)), sim.VirtualWorld)
	const want = "When something goes wrong, money is lost in 50 % of the trials with a lock alone, in 0 % with a fence as well"
	if got := v.headline(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Like is compared with like: the bare scenario that was not tried behind a fence is easy, and the
// fenced one that was not tried bare is hopeless.
func TestAFenceIsHeldAgainstTheSameScenariosWithoutOne(t *testing.T) {
	cells := []outcome.Summary{
		cell("easy", "redis", "none"),
		cell("both", "redis", "none", harm(20)), cell("both", "redis", "cas", harm(5)),
		cell("hopeless", "redis", "fence-all", harm(20)),
		cell("unsure", "redis", "none", undecidedHarm), cell("unsure", "redis", "cas", harm(20)),
	}
	cards := []outcome.Card{card("easy", sim.Pause), card("both", sim.Pause), card("hopeless", sim.Pause), card("unsure", sim.Crash)}
	v := newViolations(set(cells, cards...), sim.VirtualWorld)
	row := panelOf(t, v, Pauses)["redis"]
	if want := (share{5, 20, 20}); row.left != want {
		t.Errorf("behind a fence %+v, want %+v", row.left, want)
	}
	if want := (share{20, 40, 40}); row.harm != want {
		t.Errorf("without one %+v, want %+v", row.harm, want)
	}
	if want := "When something goes wrong, money is lost in 100 % of the trials with a lock alone, in 25 % with a fence as well"; v.headline() != want {
		t.Errorf("%q, want %q", v.headline(), want)
	}
	for _, want := range []string{
		"Behind a fence (cas): of the scenarios only that were tried with the same lock service without one too.",
		"both were decided: 20 trials without a fence, 20 behind one.",
	} {
		if !strings.Contains(v.says(), want) {
			t.Errorf("%q does not say %q", v.says(), want)
		}
	}
}

func TestWhereNothingCanBeHeldAgainstAFenceTheChartSaysSo(t *testing.T) {
	bare, fenced := cell("a", "redis", "none", harm(20)), cell("b", "redis", "cas")
	v := newViolations(set([]outcome.Summary{bare, fenced}, card("a", sim.Pause), card("b", sim.Pause)), sim.VirtualWorld)
	if !strings.Contains(v.says(), "No scenario was tried with one of these lock services both without a fence and behind one.") || strings.Contains(v.headline(), "fence") {
		t.Errorf("%q, %q", v.headline(), v.says())
	}
	quiet := cell("a", "redis", "cas")
	v = newViolations(set([]outcome.Summary{bare, quiet}, card("a")), sim.VirtualWorld)
	if !strings.Contains(v.says(), "so the headline compares nothing") || strings.Contains(v.headline(), "fence") {
		t.Errorf("%q, %q", v.headline(), v.says())
	}
	if got := Violations(set([]outcome.Summary{fenced}, card("b", sim.Pause)), sim.VirtualWorld); got != nil {
		t.Error("there is a chart of what a fence makes of nothing")
	}
}

// A trial that was run but undecided is not the same as one that was never run.
func TestTrialsThatCannotTellAreNotCalledMissing(t *testing.T) {
	undecided := func(c *outcome.Summary) {
		undecidedHarm(c)
		for i := range c.Tallies {
			c.Tallies[i] = outcome.Tally{Property: c.Tallies[i].Property, Undecided: c.Trials}
		}
	}
	sides := []func(*outcome.Summary){undecided, measured(check.ServedMajority, 1, 1, 1), measured(check.ServedMinority, 0, 0, 0)}
	results := set([]outcome.Summary{
		cell("a", "redis", "none", undecided),
		cell("partition-sides", "redis", "none", sides...), cell("partition-sides", "redis", "cas", undecided),
		cell("uncontended", "redis", "none", measured(check.Wait, 0.002, 0.001, 0.003)),
		cell("uncontended", "etcd", "none", measured(check.Wait, 0.002, 0.001, 0.003)),
		cell("a", "zookeeper", "none", harm(20)),
		cell("uncontended", "zookeeper", "none", measured(check.Wait, 0.002, 0.001, 0.003)),
	}, card("a", sim.Pause), card("partition-sides", sim.Partition), card("uncontended"))
	for _, c := range []struct {
		name   string
		figure *canvas.Figure
		times  int
	}{
		{"violations", Violations(results, sim.VirtualWorld), 2}, // redis in a, and in partition-sides
		{"CAP", CAP(results, sim.VirtualWorld), 4},               // three bars, and its label
	} {
		if got := strings.Count(texts(t, c.figure), "undecided"); got != c.times {
			t.Errorf("%s says %d times that something is undecided, want %d:\n%s", c.name, got, c.times, texts(t, c.figure))
		}
	}
	if got := texts(t, CAP(results, sim.VirtualWorld)); strings.Contains(got, "no trial") {
		t.Errorf("the chart says that there was no trial:\n%s", got)
	}
	p := newPrices(results, sim.VirtualWorld)
	for _, want := range []string{"there is no such scenario: etcd.", "every trial with a fault is undecided: redis."} {
		if !strings.Contains(p.says(), want) {
			t.Errorf("%q does not say %q", p.says(), want)
		}
	}
}

func TestCAPIsWhatWasMeasured(t *testing.T) {
	all := share{20, 20, 20}
	never := share{0, 20, 20}
	for _, c := range []struct {
		what             string
		majority, minor  float64
		overlap          share
		want, wantsMeans string
	}{
		{"one side is turned away", 1, 0, never, "CP", "turns one side away"},
		{"both are served", 0.95, 1, all, "AP", "serves both, two holders"},
		{"both are served for a while", 0.95, 0.2, share{1, 20, 20}, "AP", "serves both for a while, two holders"},
		{"one side is turned away, and yet there were two holders", 1, 0, all, "neither", "turns one side away, and overlaps"},
		{"both are served and kept apart", 1, 1, never, "?", "serves both, and no overlap was seen"},
		{"nobody is served", 0, 0, never, "C", "turns both sides away"},
		{"nothing is known", 1, 0, share{}, "?", "undecided"},
	} {
		name, means := sides{majority: c.majority, minority: c.minor, overlap: c.overlap}.choice()
		if name != c.want || means != c.wantsMeans {
			t.Errorf("%s: %q, %q; want %q, %q", c.what, name, means, c.want, c.wantsMeans)
		}
	}
}

func TestCAPHasARowForEachLockServiceThatWasMeasured(t *testing.T) {
	rows, _ := sidesOf(world().In(sim.VirtualWorld))
	var names []string
	for _, r := range rows {
		names = append(names, r.backend)
	}
	if want := []string{"none", "redis", minReplicas}; !slices.Equal(names, want) {
		t.Fatalf("rows %v, want %v", names, want)
	}
	if got, want := rows[2], (sides{backend: minReplicas, majority: 0.96, minority: 0.2, overlap: share{20, 20, 20}, harm: share{6, 20, 20}, left: share{0, 20, 20}}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	text := texts(t, CAP(world(), sim.VirtualWorld))
	for _, want := range []string{"No lock served both sides of the split and kept them apart", "CP", "AP", "100 %", "0 %", "20 %"} {
		if !strings.Contains(text, want) {
			t.Errorf("the picture does not say %q:\n%s", want, text)
		}
	}
}

func TestThePriceIsOfAGoodDayAndTheHarmOfBadOnes(t *testing.T) {
	p := newPrices(world(), sim.VirtualWorld)
	want := []price{
		{backend: "none", harm: share{20, 20, 20}, scenarios: 1},
		{backend: "redis", p50: 0.5, p99: 1, messages: 2, harm: share{40, 60, 60}, scenarios: 3},
		{backend: "redlock", p50: 0.55, p99: 1.2, messages: 10, harm: share{20, 20, 40}, scenarios: 2},
		{backend: "zookeeper", p50: 1.4, p99: 22, messages: 3.02, harm: share{7, 20, 20}, scenarios: 1},
	}
	if len(p.locks) != len(want) {
		t.Fatalf("%+v, want %+v", p.locks, want)
	}
	for i, got := range p.locks {
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
		if w := want[i]; got.backend != w.backend || !near(got.p50, w.p50) || !near(got.p99, w.p99) || got.messages != w.messages || got.harm != w.harm || got.scenarios != w.scenarios {
			t.Errorf("%+v, want %+v", got, w)
		}
	}
	if !slices.Equal(p.idle, []string{"etcd"}) {
		t.Errorf("%v have no scenario with a fault, want etcd", p.idle)
	}
}

func TestADearerLockStandsFurtherRight(t *testing.T) {
	s := newPriceSheet(newPrices(world(), sim.VirtualWorld))
	at := func(panel int, backend string) spot {
		i := slices.IndexFunc(s.locks, func(p price) bool { return p.backend == backend })
		return s.panels[panel].spots[i]
	}
	for panel, order := range [][]string{{"none", "redis", "redlock", "zookeeper"}, {"none", "redis", "zookeeper", "redlock"}} {
		for i, dearer := range order[1:] {
			if at(panel, order[i]).x >= at(panel, dearer).x {
				t.Errorf("panel %d: %s stands at %v, %s at %v", panel, order[i], at(panel, order[i]).x, dearer, at(panel, dearer).x)
			}
		}
	}
	if at(0, "zookeeper").y <= at(0, "redis").y {
		t.Error("zookeeper, which loses money less often, does not stand lower than redis")
	}
}

func TestWithoutMessagesThereIsOnePanel(t *testing.T) {
	results := set([]outcome.Summary{
		cell("uncontended", "redis", "none", measured(check.Wait, 0.002, 0.001, 0.003)), cell("a", "redis", "none", harm(20)),
	}, card("uncontended"), card("a", sim.Pause))
	s := newPriceSheet(newPrices(results, sim.VirtualWorld))
	if len(s.panels) != 1 || !strings.Contains(s.says(), "Messages are not counted in this world.") {
		t.Errorf("%d panels, %q", len(s.panels), s.says())
	}
}

func TestLocksThatCostAndRiskTheSameShareOneLabel(t *testing.T) {
	got := together([]spot{{100, 50, []string{"redis"}}, {300, 50, []string{"etcd"}}, {101, 52, []string{"redis+renew", "+retry=1s"}}, {100, 60, []string{"perfect"}}})
	want := [][]string{{"redis", "redis+renew", "+retry=1s"}, {"etcd"}, {"perfect"}}
	if len(got) != len(want) {
		t.Fatalf("%d labels: %v, want %v", len(got), got, want)
	}
	for i := range want {
		if !slices.Equal(got[i].lines, want[i]) {
			t.Errorf("label %d says %q, want %q", i, got[i].lines, want[i])
		}
	}
	s := newPriceSheet(newPrices(crowd(), sim.VirtualWorld))
	if n := len(s.panels[1].named); n != 1 {
		t.Errorf("15 locks that cost 2 messages and lose money equally often have %d labels, want 1", n)
	}
}
