package charts

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

func gridOf(results *results.Set, variants bool) grid {
	return newGrid(results, sim.VirtualWorld, elsewhere(results, sim.VirtualWorld), variants)
}

// squares returns the two halves of a lock service in a row.
func squares(t *testing.T, g grid, scenario, options, backend string) pair {
	t.Helper()
	column := slices.Index(g.columns, backend)
	for _, r := range g.rows {
		if r.scenario == scenario && r.options == options && column >= 0 {
			return r.squares[column]
		}
	}
	t.Fatalf("there is no square for %s %s%s", scenario, backend, options)
	return pair{}
}

func TestAPauseHarmsTheAccountAndAFenceStopsIt(t *testing.T) {
	p := squares(t, gridOf(world(), false), "gc-pause", "", "redis")
	if p.bare.state != always || p.bare.text() != "100" || !p.bare.overlap || p.bare.valid {
		t.Errorf("without a fence %+v, want money lost in every trial, by a holder past its own deadline", p.bare)
	}
	// fence-writes also harmed, and fence-equal too: neither is the best existing fence
	if p.fenced.state != whole || p.fenced.guard != "fence-all" || p.fenced.text() != "0" || p.fenced.letter() != "" {
		t.Errorf("fenced %+v, want no harm behind fence-all", p.fenced)
	}
	if q := squares(t, gridOf(world(), false), "gc-pause", "", "redlock").fenced; q.guard != "cas" || q.letter() != "c" {
		t.Errorf("redlock has the fence %q, letter %q; want cas, as it has no token", q.guard, q.letter())
	}
}

func TestASquareSaysWhatBecameOfItsTrials(t *testing.T) {
	for _, c := range []struct {
		name string
		cell outcome.Summary
		want state
		text string
	}{
		{"no harm", cell("s", "redis", "none"), whole, "0"},
		{"some harm", cell("s", "redis", "none", harm(7)), sometimes, "35"},
		{"harm always", cell("s", "redis", "none", harm(20)), always, "100"},
		{"not as predicted", cell("s", "redis", "none", harm(20), surprising), always, "100!"},
		{"undecided", cell("s", "redis", "none", undecidedHarm), undecided, "?"},
		{"undecided in something else", cell("s", "redis", "none", func(c *outcome.Summary) { c.Outcome = outcome.Undecided }), whole, "0?"},
		{"cannot be run", cell("s", "redis", "none", notAvailable), unavailable, ""},
	} {
		if got := squareOf(c.cell); got.state != c.want || got.text() != c.text {
			t.Errorf("%s: state %d, %q; want %d, %q", c.name, got.state, got.text(), c.want, c.text)
		}
	}
	if q := squareOf(cell("s", "redis", "none", violated(check.Overlap, 1), violated(check.OverlapValid, 1))); !q.overlap || !q.valid {
		t.Errorf("%+v does not show that two held the lock within their deadlines", q)
	}
}

func TestASharesRoundingNeverHidesATrial(t *testing.T) {
	for want, s := range map[string]share{
		"0": {0, 1000, 1000}, "<1": {1, 1000, 1000}, "1": {6, 1000, 1000}, "50": {10, 20, 20}, "99": {994, 1000, 1000}, ">99": {999, 1000, 1000}, "100": {1000, 1000, 1000},
		"0/3": {0, 3, 3}, "2/3": {2, 3, 3}, "9/9": {9, 9, 9}, "90": {9, 10, 10},
	} {
		if got := s.percent(); got != want {
			t.Errorf("%d of %d: %q, want %q", s.violated, s.decided, got, want)
		}
	}
}

func TestFamiliesAreByWhatGoesWrong(t *testing.T) {
	for _, c := range []struct {
		faults []sim.FaultKind
		want   Family
	}{
		{nil, NoFault},
		{[]sim.FaultKind{sim.Pause, sim.Suspend}, Pauses},
		{[]sim.FaultKind{sim.Crash}, Crashes},
		{[]sim.FaultKind{sim.ClockFault}, Clocks},
		{[]sim.FaultKind{sim.Partition, sim.Delay, sim.Hold, sim.Drop}, Network},
		{[]sim.FaultKind{sim.Pause, sim.Crash}, Several},
		{[]sim.FaultKind{sim.Partition, sim.ClockFault, sim.Partition}, Several},
	} {
		if got := familyOf(set(nil, card("s", c.faults...)), "s"); got != c.want {
			t.Errorf("%v are of the family %q, want %q", c.faults, got, c.want)
		}
	}
	if got := familyOf(set(nil), "s"); got != NotOnFile {
		t.Errorf("without a card the family is %q", got)
	}
}

func TestRowsStandByFamilyInTheOrderOfTheScripts(t *testing.T) {
	var got []string
	for _, r := range gridOf(world(), false).rows {
		got = append(got, r.scenario)
	}
	want := []string{"no-fault", "uncontended", "gc-pause", "failover", "clock-forward", "partition-sides"}
	if !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
}

func TestVariantsStandUnderTheirScenario(t *testing.T) {
	if p := squares(t, gridOf(world(), true), "clock-forward", "+elapsed-check", "redis"); p.bare.state != always {
		t.Errorf("redis+elapsed-check: %+v, want harm", p.bare)
	}
	overview := gridOf(world(), false)
	for _, r := range overview.rows {
		if r.scenario == "clock-forward" && r.options != "" {
			t.Error("the overview shows redis+elapsed-check under clock-forward, which says enough without it")
		}
	}
	if overview.left != 3 { // redis+elapsed-check, and sentinel's variant under partition-sides, twice
		t.Errorf("%d cells are said to be left out, want 3", overview.left)
	}
	// failover has nothing else, so the overview shows its variant
	if p := squares(t, overview, "failover", options(minReplicas), "sentinel"); p.bare.state != sometimes {
		t.Errorf("failover: %+v", p.bare)
	}
}

func TestAVariantThatManyScenariosHaveIsAColumn(t *testing.T) {
	var cells []outcome.Summary
	var names []string
	for i := range 24 {
		name := string(rune('a' + i))
		names = append(names, name)
		cells = append(cells, cell(name, "redis", "none"), cell(name, "redis", "cas"))
		if i < 3 {
			cells = append(cells, cell(name, "redis+renew", "none"), cell(name, "redis+renew", "cas"))
		}
		if i < 2 {
			cells = append(cells, cell(name, "redis+plain-del", "none"), cell(name, "redis+plain-del", "cas"))
		}
	}
	if got, want := backendsOf(cells), []string{"redis", "redis+renew"}; !slices.Equal(got, want) {
		t.Errorf("columns %v of %d scenarios, want %v", got, len(names), want)
	}
}

// How many scripts somebody wrote for a lock service says nothing about it, so nothing is added up.
func TestTheMatrixOfScriptsAddsNothingUp(t *testing.T) {
	for _, c := range []struct {
		set  *results.Set
		want string
	}{
		{world(), "Where each script loses money, without a fence and behind one"},
		{set([]outcome.Summary{cell("s", "redis", "none", undecidedHarm)}), "Nothing was decided"},
	} {
		if got := gridOf(c.set, false).headline(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestAWorldWithoutResultsHasNoMatrix(t *testing.T) {
	if f := Matrix(world(), "moon"); f != nil {
		t.Errorf("there is a picture of it: %v", f)
	}
	if f := MatrixFamily(world(), sim.VirtualWorld, Several); f != nil {
		t.Errorf("there is a picture of a family that has no scenario: %v", f)
	}
}

// The narrowest square holds the longest words beside the mark of an overlap.
func TestWhatStandsInASquareStaysInIt(t *testing.T) {
	for _, d := range []density{compact, roomy} {
		for _, q := range []square{
			{state: always, harm: share{20, 20, 20}, guard: "mint", overlap: true, surprise: true},
			{state: sometimes, harm: share{999, 1000, 1000}, guard: "cas", overlap: true, valid: true},
			{state: sometimes, harm: share{8, 9, 9}, guard: "mint", overlap: true, surprise: true, unsure: true},
			{state: whole, harm: share{0, 9, 9}, guard: "none"},
		} {
			const x, y, w, h = 10, 10, halfLeast, 16
			f := &canvas.Figure{Width: 60, Height: 40, Draw: func(on canvas.Paper) {
				(&matrixSheet{density: d}).drawSquare(on, q, x, y, w, h)
			}}
			const mark = 9
			box := rect{x, y, x + w, y + h}
			if q.overlap {
				box.x0 += mark
			}
			for _, text := range textsOf(t, string(picturetest.SVG(t, f))) {
				if !box.holds(text.rect) {
					t.Errorf("%q lies at %v, outside of %v", text.text, text.rect, box)
				}
			}
		}
	}
}
