package terminal

import (
	"bytes"
	"testing"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/claims"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// someClaims returns claims with different verdicts, one for each.
func someClaims(t *testing.T) ([]claims.Source, []claims.Result, claims.Run) {
	pause := &script.Scenario{Name: "gc-pause"}
	test := claims.Test{Scenario: pause, Backends: []string{"redis", "redis+elapsed-check"}, Guards: []string{"none"}, Disciplines: []script.Discipline{{Kind: workload.Attentive}}}
	evidence := func(p check.Property, want check.Verdict, asStated, undecided int) claims.Evidence {
		return claims.Evidence{
			Test: test, Want: script.PropertyValue{Property: p, Verdict: want},
			Trials: 10, AsStated: asStated, Undecided: undecided,
		}
	}
	overlap := evidence(check.Overlap, check.Violated, 10, 0)
	lost := evidence(check.LostUpdate, check.Violated, 10, 0)
	against := evidence(check.OverlapValid, check.Holds, 10, 0)
	against.Against = true
	unclear := evidence(check.LostUpdate, check.Violated, 7, 3)
	wrong := evidence(check.LostUpdate, check.Violated, 9, 0)
	wrong.Contrary = &outcome.Result{
		Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: "virtual", Seed: 4, TTL: 10e9,
		Findings: []check.Finding{{Property: check.LostUpdate, Verdict: check.Holds, Why: "2 acknowledged withdrawals, all of them in the final balance"}},
	}
	results := []claims.Result{
		{Claim: claims.Claim{ID: "K1", Says: "A pause that is longer than the lease loses an update.", NotYet: "etcd"}, Verdict: claims.Confirmed, Evidence: []claims.Evidence{overlap, lost}},
		{Claim: claims.Claim{ID: "K2", Says: "A lease is never valid twice.", Condition: "clocks are sound"}, Verdict: claims.Conditional, Evidence: []claims.Evidence{overlap, against}},
		{Claim: claims.Claim{ID: "A1", Says: "Fencing is of no use.", NotYet: "Redlock"}, Verdict: claims.NotYet},
		{Claim: claims.Claim{ID: "A7b", Says: "A lock is fast.", Cannot: "it is about throughput"}, Verdict: claims.Cannot},
		{Claim: claims.Claim{ID: "R1", Says: "Nobody is ever locked out."}, Verdict: claims.Refuted, Evidence: []claims.Evidence{against}},
		{Claim: claims.Claim{ID: "R2", Says: "Money is lost."}, Verdict: claims.Contradicted, Evidence: []claims.Evidence{wrong}},
		{Claim: claims.Claim{ID: "R3", Says: "Money is lost now and then."}, Verdict: claims.Undecided, Evidence: []claims.Evidence{unclear}},
	}
	sources := []claims.Source{{Who: "Kleppmann", Where: "an article", Debate: true}, {Who: "antirez", Where: "an answer", Debate: true}, {Who: "Redis documentation", Where: "a page"}}
	for i, r := range results {
		s := &sources[min(i/2, 2)]
		s.Claims = append(s.Claims, r.Claim)
	}
	redis, err := services.Registry().ParseSpec("redis")
	if err != nil {
		t.Fatal(err)
	}
	var judged []trial.Judged
	for _, p := range []struct{ overlap, valid check.Verdict }{{check.Violated, check.Holds}, {check.Violated, check.Violated}} {
		judged = append(judged, trial.Judged{Trial: trial.Trial{Scenario: pause, Backend: redis, Guard: "none", Discipline: script.Discipline{Kind: workload.Attentive}}, Result: outcome.Result{
			Scenario: "gc-pause", Backend: "redis", Guard: "none",
			Findings: []check.Finding{
				{Property: check.FaultsHappened}, {Property: check.RecordingSane}, {Property: check.Overlap, Verdict: p.overlap}, {Property: check.OverlapValid, Verdict: p.valid}},
		}})
	}
	return sources, results, claims.Run{World: sim.VirtualWorld, Judged: judged}
}

// A live trial for which the machine was too slow may have measured nothing.
func TestEvidenceOfWhichNothingWasMeasuredIsShown(t *testing.T) {
	sources, found, run := someClaims(t)
	e := &found[0].Evidence[0]
	*e = claims.Evidence{Test: e.Test, Range: &bound.Range{Measure: check.LeaseLength}, Trials: 1, Undecided: 1}
	for _, format := range typeset.Formats() {
		if err := Claims(&bytes.Buffer{}, sources, found, run, typeset.Options{Format: format}); err != nil {
			t.Error(err)
		}
	}
}

func TestClaimsGolden(t *testing.T) {
	sources, results, judged := someClaims(t)
	for _, c := range []struct {
		name    string
		columns int
	}{{"claims", 0}, {"claims-60", 60}, {"claims-80", 80}} {
		var b bytes.Buffer
		if err := Claims(&b, sources, results, judged, typeset.Options{Columns: c.columns}); err != nil {
			t.Fatal(err)
		}
		golden(t, c.name+".golden", b.Bytes())
		fits(t, b.String(), typeset.Options{Columns: c.columns}.Width())
	}
}
