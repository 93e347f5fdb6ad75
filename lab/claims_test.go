package lab

import (
	"errors"
	"testing"

	"github.com/locklab/locklab/scenarios"
)

func TestTheWorstClaimDecidesTheStatus(t *testing.T) {
	for _, test := range []struct {
		name     string
		verdicts []scenarios.ClaimVerdict
		want     int
	}{
		{"all as the file states", []scenarios.ClaimVerdict{scenarios.ClaimConfirmed, scenarios.ClaimRefuted, scenarios.ClaimConditional, scenarios.ClaimNotYet, scenarios.ClaimCannot}, statusAsExpected},
		{"one is undecided", []scenarios.ClaimVerdict{scenarios.ClaimUndecided, scenarios.ClaimConfirmed}, statusUndecided},
		{"one is contradicted", []scenarios.ClaimVerdict{scenarios.ClaimContradicted, scenarios.ClaimUndecided}, statusNotAsExpected},
	} {
		var results []scenarios.ClaimResult
		for _, v := range test.verdicts {
			results = append(results, scenarios.ClaimResult{Verdict: v})
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
