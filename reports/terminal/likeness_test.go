package terminal

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// side adds trials of one cell, each with these lengths in ms; 0 means nothing was measured.
func side(s *outcome.Summaries, backend, world string, lengths map[check.Measure][]int) {
	for i := range 20 {
		r := outcome.Result{Scenario: "gc-pause", Backend: backend, Guard: "none", Discipline: "attentive", World: world, Seed: uint64(i + 1), TTL: 2 * time.Second}
		for _, p := range slices.Concat(check.Preconditions(), check.Properties()) {
			r.Findings = append(r.Findings, check.Finding{Property: p})
		}
		there := false
		for _, m := range outcome.LikeMeasures() {
			all := lengths[m]
			if i >= len(all) {
				continue
			}
			there = true
			if x := float64(all[i]) / 1000; x > 0 {
				r.Measures = append(r.Measures, check.Measured{Measure: m, Count: 1, Least: x, Most: x})
			}
		}
		if world == sim.LiveWorld {
			r.Slack = time.Duration(20+5*i) * time.Millisecond
		}
		if !there {
			return
		}
		if err := s.Add(&r); err != nil {
			panic(err)
		}
	}
}

// ofLibraries returns a library that matches its profile, one that does not, and one with too few
// trials.
func ofLibraries() []outcome.Agreement {
	var card outcome.Card
	card.Scenario = "gc-pause"
	for library, profile := range map[string]string{"lib/etcd-mutex": "etcd", "lib/zk-lock": "zookeeper", "lib/redsync": "redlock-redsync"} {
		card.Cells = append(card.Cells,
			outcome.CardCell{Backend: profile, Guard: "none", Discipline: "attentive", World: sim.VirtualWorld, TTL: 2 * time.Second},
			outcome.CardCell{Backend: library, StandIn: profile, Guard: "none", Discipline: "attentive", World: sim.LiveWorld, TTL: 2 * time.Second})
	}
	slices.SortFunc(card.Cells, func(a, b outcome.CardCell) int { return strings.Compare(a.Backend, b.Backend) })
	s := outcome.NewSummaries([]outcome.Card{card})
	model := slices.Repeat([]int{1800}, 20)
	side(s, "etcd", sim.VirtualWorld, map[check.Measure][]int{check.NextGrant: model, check.RenewEvery: slices.Repeat([]int{667}, 20)})
	side(s, "lib/etcd-mutex", sim.LiveWorld, map[check.Measure][]int{check.NextGrant: {1790, 1800, 1810, 1820, 1830}, check.RenewEvery: {1000, 1001, 1002, 1003, 1004}})
	side(s, "zookeeper", sim.VirtualWorld, map[check.Measure][]int{check.NextGrant: model, check.Notice: model})
	side(s, "lib/zk-lock", sim.LiveWorld, map[check.Measure][]int{check.NextGrant: {1790, 1800, 1810, 1820, 1830}, check.Notice: {0, 0, 0, 0, 0}})
	side(s, "redlock-redsync", sim.VirtualWorld, map[check.Measure][]int{check.Wait: model})
	side(s, "lib/redsync", sim.LiveWorld, map[check.Measure][]int{check.Wait: {3}})
	return outcome.Agreements(s.Cells())
}

func TestLibrariesStandBesideTheirProfilesHoweverWideTheTerminal(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			var b bytes.Buffer
			if err := Agreement(&b, ofLibraries(), typeset.Options{Columns: width}); err != nil {
				t.Fatal(err)
			}
			golden(t, fmt.Sprintf("libraries-%d.golden", width), b.Bytes())
			fits(t, b.String(), width)
			for _, want := range []string{"2 alike, 1 with too few trials, 2 UNLIKE.", "renew-every", "notice"} {
				if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), want) {
					t.Errorf("it does not say %q:\n%s", want, b.String())
				}
			}
		})
	}
}

func TestWhatLibrariesAreHeldAgainstIsInEveryFormat(t *testing.T) {
	write := func(b *bytes.Buffer, o typeset.Options) error { return Agreement(b, ofLibraries(), o) }
	golden(t, "libraries.md", []byte(written(t, typeset.Markdown, write)))
	rows, err := csv.NewReader(strings.NewReader(written(t, typeset.CSV, write))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var documents []agreementDocument
	decode := json.NewDecoder(strings.NewReader(written(t, typeset.JSON, write)))
	decode.DisallowUnknownFields()
	if err := decode.Decode(&documents); err != nil {
		t.Fatal(err)
	}
	for i, a := range ofLibraries() {
		at := func(title string) string { return rows[i+1][slices.Index(rows[0], title)] }
		if at("stand-in") != a.StandIn || documents[i].StandIn != a.StandIn || len(documents[i].Measures) != len(a.Measures) {
			t.Fatalf("%s is held against %q in CSV and %q in JSON, expected %q", a.Backend, at("stand-in"), documents[i].StandIn, a.StandIn)
		}
		for j, c := range a.Measures {
			d, column := documents[i].Measures[j], "like."+string(c.Measure)
			if d.Likeness != likenessWord(c.Likeness) || at(column) != d.Likeness || outcome.Figures(d.Live) != c.Live || d.Why != c.Why || d.Slack != c.Slack {
				t.Errorf("%s, %s: %+v, %q; expected %+v", a.Backend, c.Measure, d, at(column), c)
			}
			if n := at(column + ".live.n"); n != fmt.Sprint(c.Live.Trials) {
				t.Errorf("%s, %s was measured in %s live trials, expected %d", a.Backend, c.Measure, n, c.Live.Trials)
			}
		}
	}
}
