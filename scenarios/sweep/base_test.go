package sweep

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/trial"
)

// onAScenario is a sweep of a scenario in another file.
const onAScenario = `sweep: other
title: A pause that outlives the lease lets a second holder in
text: The pause of another file.
parameter: {name: pause, unit: ttl, values: [0, 0.3, 1.7, 2]}
script:
  scenario: gc-pause
  set: {steps.1.do.pause.for: $x}
guard: none
property: overlap
lines:
  - {backend: redis, violated: {from: 0.8}, condition: pause > 1 - 0.2, because: the lease ends}
`

func loadOnAScenario(t *testing.T, replacements ...string) (*Sweep, error) {
	t.Helper()
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(onAScenario, replacements[i]) {
			t.Fatalf("the sweep has no %q", replacements[i])
		}
	}
	mine, err := scenarios.Source("gc-pause")
	scripttest.Must(t, err)
	files := map[string]string{
		"folder/mine.yaml":   string(mine),
		"folder/x.yaml":      strings.Replace(string(mine), "for: 1.5ttl", "for: $x", 1),
		"folder/broken.yaml": "scenario: broken\ntitel: $x\n",
	}
	return Load("folder/other.yaml", []byte(strings.NewReplacer(replacements...).Replace(onAScenario)), script.Everything(), func(name string) (string, []byte, error) {
		path := "folder/" + strings.TrimPrefix(name, "./")
		if src, ok := files[path]; ok {
			return path, []byte(src), nil
		}
		return path, nil, errors.New("no such file")
	})
}

func TestASweepChangesAScenarioThatStandsElsewhere(t *testing.T) {
	for name, replacements := range map[string][]string{
		"a built-in one":               nil,
		"a file":                       {"gc-pause", "./mine.yaml"},
		"a file with x in it":          {"gc-pause", "./x.yaml", "  set: {steps.1.do.pause.for: $x}\n", ""},
		"two places, one of them text": {"for: $x}", "for: $x, workload.withdraw.think: 0.2ttl}"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := loadOnAScenario(t, replacements...)
			scripttest.Must(t, err)
			var points []Point
			scripttest.Must(t, Run(context.Background(), []*Sweep{s}, outcome.Seeds{First: 1, Last: 3}, trial.Shard{}, 1, func(p Point) error { points = append(points, p); return nil }))
			for i, violated := range []int{0, 0, 3, 3} {
				if points[i].Violated != violated || points[i].Outcome != outcome.AsExpected {
					t.Errorf("%+v, want %d violated", points[i], violated)
				}
			}
			if s.Name != "other" || s.Title == "A client stops for longer than its lease" {
				t.Errorf("it is called %s: %s", s.Name, s.Title)
			}
		})
	}
}

// TestASweepOfAScenarioThatDoesNotFitIsExplained checks that each error names the file that has to
// change.
func TestASweepOfAScenarioThatDoesNotFitIsExplained(t *testing.T) {
	for _, c := range []struct {
		replace []string
		want    string
	}{
		{[]string{"gc-pause", "gc-puase"}, `folder/other.yaml:6:13: there is no scenario "gc-puase"`},
		{[]string{"gc-pause", "./nowhere.yaml"}, `folder/other.yaml:6:13: the scenario "./nowhere.yaml" cannot be read: no such file`},
		{[]string{"gc-pause", "./broken.yaml", "  set: {steps.1.do.pause.for: $x}\n", ""}, `folder/broken.yaml:2:1: the scenario has an unknown key "titel"`},
		{[]string{"steps.1", "steps.2"}, `folder/other.yaml:7:9: gc-pause has nothing at steps.2.do.pause.for: there is no "2", expected 1 to 1`},
		{[]string{"pause.for", "crash.for"}, `there is no "crash", expected pause`},
		{[]string{".for", ".for.least"}, `the part before "least" has nothing below it`},
		{[]string{"steps.1.do.pause.for: $x", "clients: $x"}, `scripts/gc-pause.yaml:18:10: clients is the text "0ttl"`},
		{[]string{"for: $x}", "for: 1ttl}"}, `folder/other.yaml:6:3: nothing in the scenario gc-pause changes`},
		{[]string{"backend: redis", "backend: radis"}, `folder/other.yaml:11:15: there is no backend "radis"`},
		{[]string{"guard: none", "guard: nine"}, `folder/other.yaml:8:8: there is no guard "nine"`},
		{[]string{"violated:", "steps: [{at: 1s, do: {pause: {host: client-1, for: $x}}}], violated:"}, "this line has steps, but the script is the scenario gc-pause"},
		{[]string{"  set", "  ttl: 10s\n  set"}, `folder/other.yaml:7:3: script has an unknown key "ttl"`},
	} {
		_, err := loadOnAScenario(t, c.replace...)
		bad, placed := errors.AsType[*strict.Error](err)
		if !placed || !strings.Contains(bad.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.replace, err, c.want)
		}
	}
}
