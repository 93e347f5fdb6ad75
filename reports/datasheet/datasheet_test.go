package datasheet

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/margin"
	"github.com/locklab/locklab/scenarios/outcome"
)

// TestChanceIsSaidInPlaceOfAThreshold: a share of lost packets takes chance to do harm.
func TestChanceIsSaidInPlaceOfAThreshold(t *testing.T) {
	with, without := 0.5, 0.4
	m := margin.Margin{
		Harm: margin.NotServed, With: &with, Without: &without, Bound: 0.75, Agreement: margin.ByChance,
		Derived: &margin.Derived{Chance: true, Condition: "chance", Because: "packets must be lost"},
	}
	sheets := []margin.Sheet{{
		Setup: margin.Setup{Backend: "redis", Guard: "none", Discipline: "attentive", TTL: 5 * time.Second, Think: 4 * time.Second, Seeds: outcome.Seeds{First: 1, Last: 10}},
		Fit:   margin.Fit{Wrote: 40, Asked: 40},
		Rows:  []margin.Row{{Fault: "battery-packet-loss", Title: "The network loses packets", Size: "the share", Unit: amount.Probability, Step: 1.0 / 64, Margins: []margin.Margin{m}}},
	}}
	for format, want := range map[typeset.Format]string{
		typeset.Table: "derived: none, it takes chance: packets must be lost",
		typeset.CSV:   ",,,chance,a matter of chance,",
		typeset.JSON:  `"chance": true`,
	} {
		var b strings.Builder
		if err := Write(&b, sheets, typeset.Options{Format: format}); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: got %v\n%s\nwant %q", format, err, b.String(), want)
		}
		if s := b.String(); format == typeset.Table && (strings.Contains(s, "which is") || strings.Contains(s, "50 % =")) {
			t.Errorf("chance is no size to agree with:\n%s", s)
		}
	}
}
