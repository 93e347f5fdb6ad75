package script

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// cellOf returns the cell of attentive clients with this backend and guard.
func cellOf(t *testing.T, backend, guard string) Cell {
	t.Helper()
	return Cell{spec(t, backend), guard, Discipline{Kind: workload.Attentive}}
}

func spec(t *testing.T, text string) backends.Spec {
	t.Helper()
	s, err := services.Registry().ParseSpec(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestARowSpeaksOfAServiceAndItsOptionSets checks that a row about a service applies to all its
// option sets, unless the row names options.
func TestARowSpeaksOfAServiceAndItsOptionSets(t *testing.T) {
	specs := func(texts ...string) (out []backends.Spec) {
		for _, text := range texts {
			out = append(out, spec(t, text))
		}
		return out
	}
	cases := []struct {
		row            Expectation
		backend, guard string
		want           bool
	}{
		{Expectation{}, "redis", "cas", true},
		{Expectation{Backends: specs("redis")}, "redis", "cas", true},
		{Expectation{Backends: specs("redis")}, "redis+renew", "cas", true},
		{Expectation{Backends: specs("redis+renew")}, "redis", "cas", false},
		{Expectation{Backends: specs("redis+renew")}, "redis+retry=1s+renew", "cas", true},
		{Expectation{Backends: specs("redis+renew=off")}, "redis", "cas", true},
		{Expectation{Backends: specs("redlock")}, "redlock-redsync+nodes=3+renew", "cas", true},
		{Expectation{Backends: specs("redlock-redsync")}, "redlock", "cas", false},
		{Expectation{Backends: specs("redlock+sequential")}, "redlock-reference", "cas", true},
		{Expectation{Backends: specs("redis")}, "redlock", "cas", false},
		{Expectation{Backends: specs("lib/redsync")}, "lib/redsync+nodes=3", "cas", true},
		{Expectation{Guards: []string{"none", "cas"}}, "redis", "cas", true},
		{Expectation{Guards: []string{"none"}}, "redis", "cas", false},
		{Expectation{Backends: specs("redis"), Guards: []string{"none"}}, "redis", "cas", false},
		{Expectation{Disciplines: []string{"attentive"}}, "redis", "cas", true},
		{Expectation{Disciplines: []string{"heedless"}}, "redis", "cas", false},
	}
	for _, c := range cases {
		if _, got := c.row.matches(cellOf(t, c.backend, c.guard)); got != c.want {
			t.Errorf("row %+v on %s, %s: %t, want %t", c.row, c.backend, c.guard, got, c.want)
		}
	}
}

// TestTheRowThatNamesMoreWins checks that a row with options beats one about the bare service, and
// that a row with a guard or a discipline beats one without. Where rows that name equally much
// disagree about an option set that the script does not list, nothing is expected.
func TestTheRowThatNamesMoreWins(t *testing.T) {
	const rows = `
  - {lost-update: violated, because: anything}
  - {guard: cas, lost-update: holds, because: guard}
  - {backend: redis, lost-update: violated, guard: none, because: service}
  - {backend: redis+renew, guard: none, lost-update: holds, because: renew}
  - {backend: redis+elapsed-check, guard: none, lost-update: violated, because: elapsed}
`
	s := load(t, strings.Replace(strings.Replace(least, "[{lost-update: holds, because: there is one client}]", rows, 1),
		"until", "backends: [none, redis, redis+renew, redis+elapsed-check]\nguards: [none, cas]\nuntil", 1))
	for _, c := range []struct{ backend, guard, want string }{
		{"none", "none", "anything"},
		{"none", "cas", "guard"},
		{"redis", "none", "service"},
		{"redis+retry=1s", "none", "service"},
		{"redis+renew", "none", "renew"},
		{"redis+elapsed-check+renew", "none", ""},
		{"etcd", "none", ""},
		{"none", "unique", ""},
	} {
		got := ""
		for _, e := range s.Expected(cellOf(t, c.backend, c.guard)) {
			got = e.Because
		}
		if got != c.want {
			t.Errorf("of %s, guard %s, it expects something because %q, want %q", c.backend, c.guard, got, c.want)
		}
	}
}

func TestExpectationsOfACellComeInTheOrderOfReports(t *testing.T) {
	redis := cellOf(t, "redis", "none")
	s := &Scenario{Guards: []string{"none"}, specs: []backends.Spec{redis.Backend}, Workload: Workload{Disciplines: []Discipline{redis.Discipline}}, Expect: []Expectation{
		{Verdicts: []PropertyValue{{check.StaleWrite, check.Holds}}, Because: "first"},
		{Verdicts: []PropertyValue{{check.Overlap, check.Violated}, {check.StaleWrite, check.Holds}}, Because: "second"},
		{Guards: []string{"cas"}, Verdicts: []PropertyValue{{check.LostUpdate, check.Holds}}, Because: "third"},
		{Sometimes: []Chance{{Property: check.Availability}}, Because: "chance"},
		{Sometimes: []Chance{{check.TokenOrder, &bound.Share{From: 0.1, To: 0.3}}}, Because: "a share"},
	}}
	want := []Expected{
		{check.Overlap, check.Violated, "second", false, nil},
		{check.StaleWrite, check.Holds, "first", false, nil},
		{check.TokenOrder, check.Violated, "a share", true, &bound.Share{From: 0.1, To: 0.3}},
		{check.Availability, check.Violated, "chance", true, nil},
	}
	if got := s.Expected(redis); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestRangesOfOneMeasureMayOverlapAndDifferFromCellToCell(t *testing.T) {
	for _, rows := range []string{
		"{measures: {lost-share: [0, 0.5]}, because: a}, {measures: {lost-share: [0.5, 1]}, because: b}",
		"{measures: {wait: [0s, 2ttl]}, because: a}, {measures: {wait: [1ttl, 1.5ttl]}, because: b}",
		"{backend: redis, measures: {lost-share: [0, 0.4]}, because: a}, {backend: none, measures: {lost-share: [0.5, 1]}, because: b}",
		"{measures: {lost-share: [0, 0.4], served-share: [0.5, 1]}, because: a}",
		"{measures: {wait: {mean: [0s, 1s], p95: [2s, 3s]}}, because: a}, {measures: {wait: [4s, 5s]}, because: b}",
	} {
		load(t, strings.Replace(least, "[{lost-update: holds, because: there is one client}]", "["+rows+"]", 1))
	}
}

func TestNothingIsExpectedOfACellThatTheScriptDoesNotList(t *testing.T) {
	s := load(t, whole)
	late := cellOf(t, "redis", "fence-all")
	late.Discipline = Discipline{Kind: workload.Late, Late: sim.MustSpan("0.5ttl")}
	for _, cell := range [][2]string{{"perfect", "none"}, {"redis", "cas"}} {
		if got, bounds := s.Expected(cellOf(t, cell[0], cell[1])), s.Bounds(cellOf(t, cell[0], cell[1])); len(got)+len(bounds) > 0 {
			t.Errorf("of %v it expects %v, %v", cell, got, bounds)
		}
	}
	if got, bounds := s.Expected(late), s.Bounds(late); len(got) != 3 || len(bounds) != 4 {
		t.Errorf("of its own cell it expects %v, %v", got, bounds)
	}
}

func TestTokenGuardsMakeNoCellWithoutTokens(t *testing.T) {
	s := load(t, least)
	cells, err := s.Cells(known().Registry)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cells {
		got = append(got, c.Backend.String()+" "+c.Guard)
	}
	want := []string{
		"none none", "none cas", "none unique",
		"perfect none", "perfect fence-writes", "perfect fence-all", "perfect fence-equal", "perfect cas", "perfect unique",
		"redis none", "redis fence-writes", "redis fence-all", "redis fence-equal", "redis cas", "redis unique",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLockOptionsReachEveryBackendThatHasThem(t *testing.T) {
	s := load(t, whole)
	s.Backends = []string{"none", "redis", "redis+timeout=1s"}
	cells, err := s.Cells(known().Registry)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"redis": "timeout=4ttl", "redis+timeout=1s": "timeout=1s"}
	for _, c := range cells {
		settings, err := c.Backend.Settings(s.TTL, false)
		if err != nil {
			t.Fatal(err)
		}
		name := c.Backend.String()
		if value, ok := want[name]; ok && !slices.Contains(settings.List(), value) {
			t.Errorf("%s runs with %q, want %s", name, settings.List(), value)
		}
	}
}

func TestCellsOfAForeignRegistryAreRefused(t *testing.T) {
	s := load(t, whole)
	if cells, err := s.Cells(backends.Registry{scripttest.Service{ID: "none"}}); err == nil {
		t.Errorf("got %d cells of backends that are not there", len(cells))
	}
}
