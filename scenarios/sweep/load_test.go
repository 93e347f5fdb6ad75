package sweep

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
)

// fakes returns what the tests' sweeps may refer to.
func fakes() script.Known {
	return script.Known{Guards: scripttest.Guards(), Registry: scripttest.Services()}
}

const smallSweep = `sweep: small
title: A title
text: Some text.
claims: [K4]
parameter: {name: pause, unit: ttl, from: 0, to: 2, step: 0.5}
script:
  ttl: 10s
  clients: 2
  workload: {withdraw: {think: 0.2ttl}}
  lock: {retry: 0.1ttl}
  steps:
    - on: {client: 1, event: read}
      do: {pause: {host: client-1, for: $x}}
    - on: {client: 1, event: write}
      after: $x
      do: {pause: {host: ledger, for: 1ms}}
  until: 4ttl
guard: none
property: lost-update
lines:
  - backend: redis+renew
    violated: {from: 1}
    condition: pause > 1
    because: of the lease
  - backend: none
    guard: cas
    name: no lock
    chance: [[0, 0], [2, 0.5]]
    condition: share = x / 4
    because: of chance
`

func loadSmall(t *testing.T, replacements ...string) (*Sweep, error) {
	t.Helper()
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(smallSweep, replacements[i]) {
			t.Fatalf("the sweep has no %q", replacements[i])
		}
	}
	return Load("small.yaml", []byte(strings.NewReplacer(replacements...).Replace(smallSweep)), fakes(), nil)
}

func TestEveryKeyOfASweepIsRead(t *testing.T) {
	s, err := loadSmall(t)
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "small" || s.Title != "A title" || s.Text != "Some text." || s.TTL != 10*time.Second || s.Property != "lost-update" ||
		!slices.Equal(s.Claims, []string{"K4"}) || !slices.Equal(s.Parameter.Values, []float64{0, 0.5, 1, 1.5, 2}) || s.Parameter.Within != 0.5 {
		t.Errorf("the head is %+v", s.About)
	}
	first, second := s.Lines[0], s.Lines[1]
	if first.Name != "redis+renew, guard none" || second.Name != "no lock" || second.Guard != "cas" || second.Condition != "share = x / 4" || second.Because != "of chance" {
		t.Errorf("the lines are %+v", s.Lines)
	}
	if !slices.Equal(first.Derived, Derived{{1, 0}, {1, 1}}) || !slices.Equal(second.Derived, Derived{{0, 0}, {2, 0.5}}) {
		t.Errorf("derived are %v and %v", first.Derived, second.Derived)
	}
}

// TestTheParameterTakesItsPlaceInTheScript checks that the script of each line contains the value.
// A fault of nothing does not happen, but one that happens at once does.
func TestTheParameterTakesItsPlaceInTheScript(t *testing.T) {
	s, err := loadSmall(t)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range s.lines {
		none, some := line.scripts[0].Steps, line.scripts[3].Steps
		if len(none) != 1 || none[0].Do.Bare.Hosts[0] != "ledger" || none[0].After.In(time.Second) != 0 {
			t.Errorf("%s: the steps at 0 are %+v, want only the pause of the ledger", line.Name, none)
		}
		if len(some) != 2 || some[0].Do.For.String() != "1.5ttl" || some[1].After.String() != "1.5ttl" {
			t.Errorf("%s: the steps at 1.5 are %+v", line.Name, some)
		}
	}
}

func TestUnitsOfAParameter(t *testing.T) {
	at := func(pause, do, unit string) []script.Step {
		t.Helper()
		s, err := loadSmall(t, "{pause: {host: client-1, for: $x}}", do, "unit: ttl, from: 0, to: 2, step: 0.5", unit, "after: $x", "after: 1ms",
			"violated: {from: 1}", "violated: never")
		if err != nil {
			t.Fatalf("%s: %v", pause, err)
		}
		return s.lines[0].scripts[len(s.Parameter.Values)-1].Steps
	}
	if got := at("percent", "{clock: {host: client-1, rate: $x}}", "unit: percent, values: [-1, 2.5]"); got[0].Do.Bare.Rate != 1_025_000_000 {
		t.Errorf("2.5 %% too fast is the rate %d", got[0].Do.Bare.Rate)
	}
	if got := at("ms", "{clock: {host: client-1, step: $x}}", "unit: ms, values: [-20, -10]"); got[0].Do.Step.In(0) != -10*time.Millisecond {
		t.Errorf("10 ms back is the step %v", got[0].Do.Step)
	}
	if got := at("hosts", "{crash: {host: $x}}", "unit: hosts, of: [client-2, ledger, client-1], values: [1, 2]"); !slices.Equal(got[0].Do.Bare.Hosts, []sim.HostID{"client-2", "ledger"}) {
		t.Errorf("the first two hosts are %v", got[0].Do.Bare.Hosts)
	}
}

func TestWhatIsWrongWithASweepIsSaidWithItsPlace(t *testing.T) {
	for _, c := range []struct {
		name  string
		with  []string
		place string // line:column
		says  string
	}{
		{"unknown key", []string{"title:", "titel:"}, "2:1", `unknown key "titel"`},
		{"unknown key of the script", []string{"  clients:", "  guards: [none]\n  clients:"}, "8:3", `unknown key "guards"`},
		{"no parameter", []string{"parameter: {name: pause, unit: ttl, from: 0, to: 2, step: 0.5}\n", ""}, "1:1", "no key parameter"},
		{"a name with capitals", []string{"sweep: small", "sweep: Small"}, "1:8", "is not a valid name"},
		{"unknown unit", []string{"unit: ttl", "unit: tll"}, "5:32", `no unit "tll"`},
		{"values twice", []string{"from: 0,", "from: 0, values: [1, 2],"}, "5:12", "in exactly one way"},
		{"no last value", []string{", to: 2", ""}, "5:12", "all of from, to and step"},
		{"a range that goes back", []string{"to: 2", "to: -2"}, "5:60", "not a range"},
		{"a value that is no number", []string{"from: 0", "from: few"}, "5:43", `from is "few"`},
		{"values that go back", []string{"from: 0, to: 2, step: 0.5", "values: [1, 0.5]"}, "5:49", "not in ascending order"},
		{"hosts without a list", []string{"unit: ttl", "unit: hosts"}, "5:32", "go together"},
		{"half a host", []string{"unit: ttl", "unit: hosts, of: [client-1, client-2]"}, "5:12", "0.5 of 2 hosts is not possible"},
		{"a value that the script does not take", []string{"from: 0", "from: -1"}, "13:41", `for is "-1ttl"`},
		{"nothing changes", []string{"for: $x", "for: 1ttl", "after: $x", "after: 1ms"}, "21:5", "nothing in this line's script changes"},
		{"unknown property", []string{"property: lost-update", "property: lost-updates"}, "19:11", `no property "lost-updates"`},
		{"unknown guard", []string{"guard: cas", "guard: cash"}, "26:12", `no guard "cash"`},
		{"a guard that the backend cannot have", []string{"guard: cas", "guard: fence-all"}, "26:12", "none of them issues fencing tokens"},
		{"unknown backend", []string{"backend: none", "backend: nine"}, "25:14", `there is no backend "nine"`},
		{"unknown option of all", []string{"retry:", "retries:"}, "10:10", `no backend of this scenario has an option "retries"`},
		{"unknown host", []string{"host: ledger", "host: redis-7"}, "16:26", `no host "redis-7"`},
		{"two lines of one name", []string{"    guard: cas\n    name: no lock", "    guard: cas\n    name: redis+renew, guard none"}, "25:5", "two lines are called"},
		{"no derivation", []string{"    violated: {from: 1}\n", ""}, "21:5", "must say in exactly one way what is derived"},
		{"two derivations", []string{"    chance:", "    violated: never\n    chance:"}, "25:5", "must say in exactly one way what is derived"},
		{"no condition", []string{"    condition: pause > 1\n", ""}, "21:5", "has no key condition"},
		{"an unknown word", []string{"{from: 1}", "nevr"}, "22:15", `violated is "nevr"`},
		{"a derivation that ends before it begins", []string{"{from: 1}", "{from: 1, to: 0.5}"}, "22:29", "ends before it begins"},
		{"a share above 1", []string{"[2, 0.5]", "[2, 1.5]"}, "28:26", "a share of chance"},
		{"a threshold that no value could contradict", []string{"{from: 1}", "{from: 2}"}, "22:15", "could contradict"},
		{"a threshold beside all values", []string{"{from: 1}", "{from: 7}"}, "22:15", "could contradict"},
		{"a threshold below all values, and one among them", []string{"{from: 1}", "{from: 0, to: 1.2}"}, "22:15", "could contradict this below 0"},
		{"a threshold above all values, and one among them", []string{"{from: 1}", "{from: 0.7, to: 3}"}, "22:15", "could contradict this above 3"},
		{"no value between two thresholds", []string{"{from: 1}", "{from: 1.1, to: 1.4}"}, "22:15", "could contradict this between 1.1 and 1.4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loadSmall(t, c.with...)
			var bad *strict.Error
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, want an error with a place", err)
			}
			if first, _, _ := strings.Cut(err.Error(), "\n"); !strings.HasPrefix(first, "small.yaml:"+c.place+": ") || !strings.Contains(first, c.says) {
				t.Errorf("got %s\nwant small.yaml:%s: … %s", err, c.place, c.says)
			}
		})
	}
}

// TestTheValueIsPartOfTheError checks that an error that occurs only with some values names the
// value.
func TestTheValueIsPartOfTheError(t *testing.T) {
	_, err := loadSmall(t, "for: $x", "for: {uniform: [1ttl, $x]}")
	var bad *strict.Error
	if !errors.As(err, &bad) || bad.Todo != "this happens with $x = 0.5ttl" {
		t.Errorf("got %v, want to hear that the value is 0.5ttl", err)
	}
}

// FuzzLoadSweep checks that any file yields either a sweep or an error with a place.
func FuzzLoadSweep(f *testing.F) {
	f.Add(smallSweep)
	f.Add(onAScenario)
	f.Add(strings.Replace(onAScenario, "steps.1.do", "steps.1..expect.99", 1))
	f.Add(strings.Replace(smallSweep, "parameter: {", "? [a]\n: b\nparameter: {", 1))
	f.Add(strings.Replace(smallSweep, "host: client-1", "host: [$x, *a]", 1))
	f.Add("parameter: {unit: hosts, of: [a], values: [0, 1], name: x}\nlines: $x\nscript: $x")
	f.Fuzz(func(t *testing.T, src string) {
		_, err := Load("fuzz.yaml", []byte(src), fakes(), nil)
		var bad *strict.Error
		if err != nil && !errors.As(err, &bad) {
			t.Errorf("an error without a place: %v", err)
		}
	})
}
