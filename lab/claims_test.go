package lab

import (
	"errors"
	"testing"

	"github.com/locklab/locklab/scenarios/claims"
)

func TestTheWorstClaimDecidesTheStatus(t *testing.T) {
	for _, test := range []struct {
		name     string
		verdicts []claims.Verdict
		want     int
	}{
		{"all as the file states", []claims.Verdict{claims.Confirmed, claims.Refuted, claims.Conditional, claims.NotYet, claims.Cannot}, statusAsExpected},
		{"one is undecided", []claims.Verdict{claims.Undecided, claims.Confirmed}, statusUndecided},
		{"one is contradicted", []claims.Verdict{claims.Contradicted, claims.Undecided}, statusNotAsExpected},
	} {
		var results []claims.Result
		for _, v := range test.verdicts {
			results = append(results, claims.Result{Verdict: v})
		}
		got := statusAsExpected
		var status *statusError
		if errors.As(claimsStatus(results), &status) {
			got = status.status
		}
		if got != test.want {
			t.Errorf("%s: status %d, want %d", test.name, got, test.want)
		}
	}
}
