package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

func builtinClaims(t *testing.T) []ClaimSource {
	t.Helper()
	sources, err := BuiltinClaims(Everything())
	if err != nil {
		t.Fatal(err)
	}
	return sources
}

func claimIDs(t *testing.T) (ids []string) {
	t.Helper()
	for _, s := range builtinClaims(t) {
		for _, c := range s.Claims {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func TestEveryClaimOfTheDebateIsThere(t *testing.T) {
	ids := claimIDs(t)
	for letter, last := range map[string]int{"K": 21, "A": 14, "R": 20, "J": 14, "Z": 12, "E": 13} {
		for n := range last {
			if id := fmt.Sprintf("%s%d", letter, n+1); !slices.Contains(ids, id) {
				t.Errorf("claim %s is missing", id)
			}
		}
	}
}

func TestScenariosNameClaimsThatExist(t *testing.T) {
	ids := claimIDs(t)
	for _, s := range virtualScenarios(t) {
		for _, c := range s.Claims {
			if !slices.Contains(ids, c) {
				t.Errorf("%s tests the claim %s, which is not in the file of claims", s.Name, c)
			}
		}
	}
}

func virtualScenarios(t *testing.T) []*Scenario {
	t.Helper()
	all, err := Builtin(Everything())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// judgeAll runs the trials of the claims, one after the other.
func judgeAll(t *testing.T, sources []ClaimSource, seeds Seeds) []ClaimResult {
	t.Helper()
	trials, err := ClaimTrials(sources, seeds)
	if err != nil {
		t.Fatal(err)
	}
	var judged []Judged
	for _, trial := range trials {
		judged = append(judged, Judged{Trial: trial, Result: trial.Judge(simulated(t, trial))})
	}
	return JudgeClaims(sources, judged)
}

func TestNoMeasurementContradictsTheFileOfClaims(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the same code a thousand times")
	}
	for _, r := range judgeAll(t, builtinClaims(t), Seeds{1, 3}) {
		if r.Verdict == ClaimContradicted || r.Verdict == ClaimUndecided {
			t.Errorf("%s is %s: %+v", r.Claim.ID, r.Verdict, r.Evidence)
		}
	}
}

// oneClaim is a file with one claim.
func oneClaim(rest string) string {
	return "sources:\n  - who: Somebody\n    where: somewhere\n    claims:\n      - id: X1\n        says: Something.\n" + rest
}

const (
	speaksFor     = "        confirmed-by: [{scenario: gc-pause, backend: redis, guard: none, find: {overlap: violated}}]\n"
	speaksAgainst = "        refuted-by: [{scenario: no-fault, backend: redis, guard: [none, cas], find: {overlap: holds}}]\n"
)

func loadClaims(src string, t *testing.T) ([]ClaimSource, error) {
	t.Helper()
	return LoadClaims("claims.yaml", []byte(src), Everything(), virtualScenarios(t))
}

func TestTheVerdictFollowsFromTheTrials(t *testing.T) {
	for _, c := range []struct {
		name, claim string
		want        ClaimVerdict
	}{
		{"all trials speak for it", speaksFor, ClaimConfirmed},
		{"all trials speak against it", speaksAgainst, ClaimRefuted},
		{"some for, some against", speaksFor + speaksAgainst + "        condition: in some cases\n", ClaimConditional},
		{"none yet", "        not-yet: a trial\n", ClaimNotYet},
		{"never", "        cannot: it is a wish\n", ClaimCannot},
		{"measured otherwise", strings.Replace(speaksFor, "overlap: violated", "overlap: holds", 1), ClaimContradicted},
		{"against, and measured otherwise", strings.Replace(speaksAgainst, "holds", "violated", 1), ClaimContradicted},
		{"the trials do not tell", strings.Replace(speaksFor, "overlap: violated", "token-order: holds", 1), ClaimUndecided},
	} {
		t.Run(c.name, func(t *testing.T) {
			sources, err := loadClaims(oneClaim(c.claim), t)
			if err != nil {
				t.Fatal(err)
			}
			if got := judgeAll(t, sources, Seeds{1, 2})[0]; got.Verdict != c.want {
				t.Errorf("the claim is %s, want %s; evidence %+v", got.Verdict, c.want, got.Evidence)
			}
		})
	}
}

func TestEvidenceCountsEveryCellAndSeed(t *testing.T) {
	sources, err := loadClaims(oneClaim(speaksAgainst), t)
	if err != nil {
		t.Fatal(err)
	}
	e := judgeAll(t, sources, Seeds{1, 3})[0].Evidence
	if len(e) != 1 || e[0].Trials != 6 || e[0].AsStated != 6 || !e[0].Against || e[0].Want != (PropertyValue{check.Overlap, check.Holds}) {
		t.Errorf("two guards and three seeds gave %+v", e)
	}
}

// A trial whose fault did not happen must not confirm anything.
func TestATrialWithoutItsFaultSaysNothing(t *testing.T) {
	sources, err := loadClaims(oneClaim(speaksFor), t)
	if err != nil {
		t.Fatal(err)
	}
	trials, err := ClaimTrials(sources, Seeds{1, 1})
	if err != nil {
		t.Fatal(err)
	}
	h := simulated(t, trials[0])
	h.Events = slices.DeleteFunc(h.Events, func(e sim.Event) bool { return e.Kind == sim.FaultProven })
	r := JudgeClaims(sources, []Judged{{Trial: trials[0], Result: trials[0].Judge(h)}})[0]
	if r.Verdict != ClaimUndecided || r.Evidence[0].Undecided != 1 {
		t.Errorf("the claim is %s by %+v", r.Verdict, r.Evidence)
	}
}

func TestATrialThatSeveralClaimsNeedIsRunOnce(t *testing.T) {
	second := strings.Replace(strings.SplitAfter(oneClaim(speaksFor), "claims:\n")[1], "X1", "X2", 1)
	sources, err := loadClaims(oneClaim(speaksFor)+second, t)
	if err != nil {
		t.Fatal(err)
	}
	if trials, err := ClaimTrials(sources, Seeds{1, 2}); err != nil || len(trials) != 2 {
		t.Errorf("%d trials (%v), want 2", len(trials), err)
	}
}

func TestABadFileOfClaimsIsExplained(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"no reason", oneClaim(""), "claims.yaml:5:9: X1 has no trials and no reason why"},
		{"bad id", strings.Replace(oneClaim(speaksFor), "X1", "x", 1), `claims.yaml:5:13: id is "x"`},
		{"unknown scenario", strings.Replace(oneClaim(speaksFor), "gc-pause", "gc-pase", 1), `claims.yaml:7:35: there is no scenario "gc-pase"`},
		{"unknown backend", strings.Replace(oneClaim(speaksFor), "redis", "radis", 1), `claims.yaml:7:54: there is no backend "radis"`},
		{"unknown option", strings.Replace(oneClaim(speaksFor), "redis", "redis+magic", 1), `claims.yaml:7:54: backend redis has no option "magic"`},
		{"unknown guard", strings.Replace(oneClaim(speaksFor), "guard: none", "guard: nun", 1), `claims.yaml:7:68: there is no guard "nun"`},
		{"no tokens", strings.Replace(oneClaim(speaksFor), "redis, guard: none", "none, guard: fence-all", 1), "claims.yaml:7:67: guard fence-all wants fencing tokens"},
		{"unknown property", strings.Replace(oneClaim(speaksFor), "overlap:", "overlop:", 1), `claims.yaml:7:81: there is no property "overlop"`},
		{"unknown verdict", strings.Replace(oneClaim(speaksFor), "violated", "broken", 1), `claims.yaml:7:90: "broken" is no verdict`},
		{"finds nothing", strings.Replace(oneClaim(speaksFor), "{overlap: violated}", "{}", 1), "claims.yaml:7:80: find names no property"},
		{"unknown key", oneClaim("        proof: yes\n"), `claims.yaml:7:9: this claim has an unknown key "proof"`},
		{"condition missing", oneClaim(speaksFor + speaksAgainst), "claims.yaml:5:9: X1 has trials that speak for it and others against, and no condition"},
		{"condition for nothing", oneClaim(speaksFor + "        condition: sometimes\n"), "claims.yaml:8:20: X1 has a condition, but"},
		{"cannot and can", oneClaim(speaksFor + "        cannot: never\n"), "claims.yaml:8:17: X1 says cannot, and has trials"},
		{"twice", oneClaim(speaksFor) + "      - {id: X1, says: Again., cannot: never}\n", "claims.yaml:8:14: the claim X1 stands here a second time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loadClaims(c.src, t)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
