package check

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Each row has a checker, which must return a finding about the row's property.
func TestEveryPropertyHasAJudge(t *testing.T) {
	h := &sim.History{Header: sim.Header{World: sim.VirtualWorld}}
	for _, r := range rows {
		if f := r.run(trace.Read(h)); f.Property != r.Property {
			t.Errorf("the judge of %s finds about %s", r.Property, f.Property)
		}
	}
}

// The compiler does not report a missing field.
func TestEveryRowIsFilledIn(t *testing.T) {
	for _, r := range rows {
		if r.Harms == 0 || r.Mark == 0 || r.Gravity == 0 || r.Means == "" {
			t.Errorf("the row of %s leaves out what it harms, how grave that is, how pictures mark it, or what it means", r.Property)
		}
		if (r.Column == "" || r.Violation == "") != (r.Harms == TheTrial) {
			t.Errorf("%s has the column %q and the violation %q; all have them but preconditions", r.Property, r.Column, r.Violation)
		}
		if r.Mark.TwoAtOnce() != (r.spells != nil) {
			t.Errorf("%s is marked while two are at once: %v, and knows the times: %v", r.Property, r.Mark.TwoAtOnce(), r.spells != nil)
		}
		if r.Echoes != "" && !r.Echoes.Known() {
			t.Errorf("%s echoes %s, which does not exist", r.Property, r.Echoes)
		}
		if r.Harms == TheAccount && !r.Unsaved {
			t.Errorf("%s harms the account, and a guard may have saved it all the same", r.Property)
		}
	}
}

// Readers could not tell apart two rows that share one of these.
func TestNoTwoRowsAreAlike(t *testing.T) {
	for i, a := range rows {
		for _, b := range rows[:i] {
			same := a.Property == b.Property || a.Gravity == b.Gravity || a.Means == b.Means
			if a.Harms != TheTrial && b.Harms != TheTrial {
				same = same || a.Column == b.Column || a.Violation == b.Violation
			}
			if same {
				t.Errorf("%s and %s have the same name, gravity, column or words", a.Property, b.Property)
			}
		}
	}
}

// Why a trial means nothing comes first, then what it cost.
func TestTheGravestComeFirst(t *testing.T) {
	if all := slices.Concat(Preconditions(), Properties()); len(all) != len(rows) || all[0] != rows[0].Property {
		t.Errorf("the table lists %q", all)
	}
	least := func(all []Property) int {
		return slices.MinFunc(all, func(a, b Property) int { return a.Row().Gravity - b.Row().Gravity }).Row().Gravity
	}
	for _, p := range Preconditions() {
		if p.Row().Gravity > least(Properties()) {
			t.Errorf("%s is told behind a property", p)
		}
	}
	for _, p := range Harming(TheAccount) {
		for _, q := range Properties() {
			if q.Row().Harms != TheAccount && q.Row().Gravity < p.Row().Gravity {
				t.Errorf("%s is told before %s, which does harm to the account", q, p)
			}
		}
	}
}
