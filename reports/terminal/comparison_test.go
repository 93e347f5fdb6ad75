package terminal

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

func run(world string, at time.Duration, lost check.Verdict) (outcome.Result, *sim.History) {
	h := &sim.History{Header: sim.Header{Format: sim.Format, Scenario: "gc-pause"}, Events: []sim.Event{
		{Seq: 1, At: time.Second, Host: "client-1", Kind: sim.Acquired}, {Seq: 2, At: at, Kind: sim.End, Note: sim.TimeUp}}}
	return outcome.Result{Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: world, Seed: 3, TTL: time.Second, Fingerprint: h.Fingerprint(),
		Findings: []check.Finding{{Property: check.LostUpdate, Verdict: lost}},
		Measures: []check.Measured{{Measure: check.NextGrant, Count: 1, Least: at.Seconds(), Most: at.Seconds()}}}, h
}

func TestATrialRunAgainSaysWhetherItIsTheSame(t *testing.T) {
	for _, test := range []struct {
		name, world string
		at          time.Duration
		lost        check.Verdict
		unkept      bool
		same        bool
		want        []string
		not         string
	}{
		{"identical", "virtual", 2 * time.Second, check.Violated, false, true, []string{"gc-pause.redis.none.virtual.seed-3: identical, 2 events"}, "then"},
		{"another time", "virtual", 3 * time.Second, check.Violated, false, false, []string{
			"NOT identical", "The first event that differs:\n  then #2      2.000000s", "  now  #2      3.000000s", "All verdicts are the same.", "The script has changed"}, "client-1"},
		{"another verdict", "virtual", 3 * time.Second, check.Holds, true, false, []string{"did not keep the history", "lost-update  violated  holds"}, "All verdicts"},
		{"live, as before", "live", 3 * time.Second, check.Violated, false, true, []string{"never identical", "next-grant  2.000ttl  3.000ttl"}, "The script"},
		{"live, another verdict", "live", 3 * time.Second, check.Holds, false, false, []string{"NOT the same verdicts", "lost-update  violated  holds", "3.000ttl"}, "All verdicts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := Comparison{Remarks: []string{"The script has changed since then."}}
			c.Then, c.Before = run(test.world, 2*time.Second, check.Violated)
			c.Now, c.After = run(test.world, test.at, test.lost)
			if test.unkept {
				c.Before = nil
			}
			var b strings.Builder
			if err := c.Write(&b, typeset.Options{}); err != nil {
				t.Fatal(err)
			}
			if c.Same() != test.same {
				t.Errorf("the same: %t", c.Same())
			}
			for _, want := range test.want {
				if !strings.Contains(b.String(), want) {
					t.Errorf("it does not say %q:\n%s", want, &b)
				}
			}
			if strings.Contains(b.String(), test.not) {
				t.Errorf("it says %q:\n%s", test.not, &b)
			}
		})
	}
}

// Whatever is wrong with the kept history is reported even if the trial came out the same.
func TestWhatIsWrongWithTheKeptHistoryIsAlwaysSaid(t *testing.T) {
	c := Comparison{Always: []string{"Its file is gone."}}
	c.Then, c.Before = run("virtual", 2*time.Second, check.Violated)
	c.Now, c.After = run("virtual", 2*time.Second, check.Violated)
	c.Before.Events = c.Before.Events[:1]
	var b strings.Builder
	if err := c.Write(&b, typeset.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"identical, 2 events", "is not the one it judged", "Its file is gone."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, &b)
		}
	}
}

func TestADifferentHeaderIsNamed(t *testing.T) {
	c := Comparison{}
	c.Then, c.Before = run("virtual", 2*time.Second, check.Violated)
	c.Now, c.After = run("virtual", 2*time.Second, check.Violated)
	c.After.Header.Options = []string{"renew=on"}
	c.Now.Fingerprint = c.After.Fingerprint()
	var b strings.Builder
	if err := c.Write(&b, typeset.Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `options    then `) || !strings.Contains(b.String(), `now  ["renew=on"]`) || strings.Contains(b.String(), "first event") {
		t.Errorf("it says\n%s", &b)
	}
}
