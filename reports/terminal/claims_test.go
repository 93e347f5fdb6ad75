package terminal

import (
	"bytes"
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// someClaims returns claims with different verdicts, one for each.
func someClaims(t *testing.T) ([]scenarios.ClaimSource, []scenarios.ClaimResult, scenarios.ClaimTrialsRun) {
	pause := &scenarios.Scenario{Name: "gc-pause"}
	test := scenarios.ClaimTest{Scenario: pause, Backends: []string{"redis", "redis+elapsed-check"}, Guards: []string{"none"}, Disciplines: []scenarios.Discipline{{Kind: scenarios.Attentive}}}
	evidence := func(p check.Property, want check.Verdict, asStated, undecided int) scenarios.ClaimEvidence {
		return scenarios.ClaimEvidence{
			Test: test, Want: scenarios.PropertyValue{Property: p, Verdict: want},
			Trials: 10, AsStated: asStated, Undecided: undecided,
		}
	}
	overlap := evidence(check.Overlap, check.Violated, 10, 0)
	lost := evidence(check.LostUpdate, check.Violated, 10, 0)
	against := evidence(check.OverlapValid, check.Holds, 10, 0)
	against.Against = true
	unclear := evidence(check.LostUpdate, check.Violated, 7, 3)
	wrong := evidence(check.LostUpdate, check.Violated, 9, 0)
	wrong.Contrary = &scenarios.Result{
		Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: "virtual", Seed: 4, TTL: 10e9,
		Findings: []check.Finding{{Property: check.LostUpdate, Verdict: check.Holds, Why: "2 acknowledged withdrawals, all of them in the final balance"}},
	}
	results := []scenarios.ClaimResult{
		{Claim: scenarios.Claim{ID: "K1", Says: "A pause that is longer than the lease loses an update.", NotYet: "etcd"}, Verdict: scenarios.ClaimConfirmed, Evidence: []scenarios.ClaimEvidence{overlap, lost}},
		{Claim: scenarios.Claim{ID: "K2", Says: "A lease is never valid twice.", Condition: "clocks are sound"}, Verdict: scenarios.ClaimConditional, Evidence: []scenarios.ClaimEvidence{overlap, against}},
		{Claim: scenarios.Claim{ID: "A1", Says: "Fencing is of no use.", NotYet: "Redlock"}, Verdict: scenarios.ClaimNotYet},
		{Claim: scenarios.Claim{ID: "A7b", Says: "A lock is fast.", Cannot: "it is about throughput"}, Verdict: scenarios.ClaimCannot},
		{Claim: scenarios.Claim{ID: "R1", Says: "Nobody is ever locked out."}, Verdict: scenarios.ClaimRefuted, Evidence: []scenarios.ClaimEvidence{against}},
		{Claim: scenarios.Claim{ID: "R2", Says: "Money is lost."}, Verdict: scenarios.ClaimContradicted, Evidence: []scenarios.ClaimEvidence{wrong}},
		{Claim: scenarios.Claim{ID: "R3", Says: "Money is lost now and then."}, Verdict: scenarios.ClaimUndecided, Evidence: []scenarios.ClaimEvidence{unclear}},
	}
	sources := []scenarios.ClaimSource{{Who: "Kleppmann", Where: "an article", Debate: true}, {Who: "antirez", Where: "an answer", Debate: true}, {Who: "Redis documentation", Where: "a page"}}
	for i, r := range results {
		s := &sources[min(i/2, 2)]
		s.Claims = append(s.Claims, r.Claim)
	}
	redis, err := scenarios.Registry().ParseSpec("redis")
	if err != nil {
		t.Fatal(err)
	}
	var judged []scenarios.Judged
	for _, p := range []struct{ overlap, valid check.Verdict }{{check.Violated, check.Holds}, {check.Violated, check.Violated}} {
		judged = append(judged, scenarios.Judged{Trial: scenarios.Trial{Scenario: pause, Backend: redis, Guard: "none", Discipline: scenarios.Discipline{Kind: scenarios.Attentive}}, Result: scenarios.Result{
			Scenario: "gc-pause", Backend: "redis", Guard: "none",
			Findings: []check.Finding{
				{Property: check.FaultsHappened}, {Property: check.RecordingSane}, {Property: check.Overlap, Verdict: p.overlap}, {Property: check.OverlapValid, Verdict: p.valid}},
		}})
	}
	return sources, results, scenarios.ClaimTrialsRun{World: sim.VirtualWorld, Judged: judged}
}

// A live trial for which the machine was too slow may have measured nothing.
func TestEvidenceOfWhichNothingWasMeasuredIsShown(t *testing.T) {
	sources, found, run := someClaims(t)
	e := &found[0].Evidence[0]
	*e = scenarios.ClaimEvidence{Test: e.Test, Range: &scenarios.Range{Measure: check.LeaseLength}, Trials: 1, Undecided: 1}
	for _, format := range Formats() {
		if err := Claims(&bytes.Buffer{}, sources, found, run, Options{Format: format}); err != nil {
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
		if err := Claims(&b, sources, results, judged, Options{Columns: c.columns}); err != nil {
			t.Fatal(err)
		}
		golden(t, c.name+".golden", b.Bytes())
		fits(t, b.String(), Options{Columns: c.columns}.columns())
	}
}
