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
	for _, s := range builtin(t) {
		for _, c := range s.Claims {
			if !slices.Contains(ids, c) {
				t.Errorf("%s tests the claim %s, which is not in the file of claims", s.Name, c)
			}
		}
	}
}

// judgeAll runs the trials of the claims, one after the other, and judges the claims.
func judgeAll(t *testing.T, sources []ClaimSource, seeds Seeds) []ClaimResult {
	t.Helper()
	return judgeBy(t, sources, seeds, func(trial Trial) *sim.History { return simulated(t, trial) })
}

func judgeBy(t *testing.T, sources []ClaimSource, seeds Seeds, run func(Trial) *sim.History) []ClaimResult {
	t.Helper()
	trials, err := ClaimTrials(sources, Selection{World: VirtualWorld, Seeds: seeds})
	if err != nil {
		t.Fatal(err)
	}
	out := ClaimTrialsRun{World: VirtualWorld}
	trials, out.Missing = Available(trials)
	for _, trial := range trials {
		out.Add(Judged{Trial: trial, Result: trial.Judge(run(trial))})
	}
	return JudgeClaims(sources, out)
}

func TestNoMeasurementContradictsTheFileOfClaims(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the same code a thousand times")
	}
	p := suite(t)
	for _, r := range judgeBy(t, builtinClaims(t), seeds(t), func(trial Trial) *sim.History { return p.of(t, trial) }) {
		if r.Verdict == ClaimContradicted || r.Verdict == ClaimUndecided {
			t.Errorf("%s is %s: %+v", r.Claim.ID, r.Verdict, r.Evidence)
		}
	}
}

// oneClaim returns a file with one claim.
func oneClaim(rest string) string {
	return "sources:\n  - who: Somebody\n    where: somewhere\n    claims:\n      - id: X1\n        says: Something.\n" + rest
}

const (
	speaksFor     = "        confirmed-by: [{scenario: gc-pause, backend: redis, guard: none, find: {overlap: violated}}]\n"
	speaksAgainst = "        refuted-by: [{scenario: no-fault, backend: redis, guard: [none, cas], find: {overlap: holds}}]\n"
)

func loadClaims(src string, t *testing.T) ([]ClaimSource, error) {
	t.Helper()
	return LoadClaims("claims.yaml", []byte(src), Everything(), builtin(t))
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

// TestATrialWithoutItsFaultSaysNothing checks that a trial whose fault did not happen confirms
// nothing.
func TestATrialWithoutItsFaultSaysNothing(t *testing.T) {
	sources, err := loadClaims(oneClaim(speaksFor), t)
	if err != nil {
		t.Fatal(err)
	}
	trials, err := ClaimTrials(sources, Selection{World: VirtualWorld, Seeds: Seeds{1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	h := simulated(t, trials[0])
	h.Events = slices.DeleteFunc(h.Events, func(e sim.Event) bool { return e.Kind == sim.FaultProven })
	for i := range h.Events { // a history with a gap would say nothing anyway
		h.Events[i].Seq = int64(i + 1)
	}
	r := JudgeClaims(sources, ClaimTrialsRun{World: VirtualWorld, Judged: []Judged{{Trial: trials[0], Result: trials[0].Judge(h)}}})[0]
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
	if trials, err := ClaimTrials(sources, Selection{World: VirtualWorld, Seeds: Seeds{1, 2}}); err != nil || len(trials) != 2 {
		t.Errorf("%d trials (%v), want 2", len(trials), err)
	}
}

func TestABadFileOfClaimsIsExplained(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"no reason", oneClaim(""), "claims.yaml:5:9: X1 has neither trials nor a reason for having none"},
		{"bad id", strings.Replace(oneClaim(speaksFor), "X1", "x", 1), `claims.yaml:5:13: id is "x"`},
		{"unknown scenario", strings.Replace(oneClaim(speaksFor), "gc-pause", "gc-pase", 1), `claims.yaml:7:35: there is no scenario "gc-pase"`},
		{"unknown backend", strings.Replace(oneClaim(speaksFor), "redis", "radis", 1), `claims.yaml:7:54: there is no backend "radis"`},
		{"unknown option", strings.Replace(oneClaim(speaksFor), "redis", "redis+magic", 1), `claims.yaml:7:54: backend redis has no option "magic"`},
		{"unknown guard", strings.Replace(oneClaim(speaksFor), "guard: none", "guard: nun", 1), `claims.yaml:7:68: there is no guard "nun"`},
		{"no tokens", strings.Replace(oneClaim(speaksFor), "redis, guard: none", "none, guard: fence-all", 1), "claims.yaml:7:67: guard fence-all needs fencing tokens"},
		{"unknown property", strings.Replace(oneClaim(speaksFor), "overlap:", "overlop:", 1), `claims.yaml:7:81: there is no property "overlop"`},
		{"unknown verdict", strings.Replace(oneClaim(speaksFor), "violated", "broken", 1), `claims.yaml:7:90: "broken" is not a verdict`},
		{"finds nothing", strings.Replace(oneClaim(speaksFor), "{overlap: violated}", "{}", 1), "claims.yaml:7:80: find names no property"},
		{"unknown key", oneClaim("        proof: yes\n"), `claims.yaml:7:9: this claim has an unknown key "proof"`},
		{"unknown option's source", "options: [{option: etcd+rechek, source: somewhere}]\n" + oneClaim(speaksFor), `claims.yaml:1:20: etcd has no option "rechek"`},
		{"source of no option", "options: [{option: etcd, source: somewhere}]\n" + oneClaim(speaksFor), `claims.yaml:1:20: option is "etcd"`},
		{"an option's source twice", "options: [{option: etcd+nodes, source: a}, {option: etcd+nodes, source: b}]\n" + oneClaim(speaksFor), `claims.yaml:1:53: the option etcd+nodes is listed twice`},
		{"unknown world", strings.Replace(oneClaim(speaksFor), "{scenario", "{world: real, scenario", 1), `claims.yaml:7:32: world is "real"`},
		{"condition missing", oneClaim(speaksFor + speaksAgainst), "claims.yaml:5:9: X1 has trials for and against it, but no condition"},
		{"condition for nothing", oneClaim(speaksFor + "        condition: sometimes\n"), "claims.yaml:8:20: X1 has a condition, but"},
		{"cannot and can", oneClaim(speaksFor + "        cannot: never\n"), "claims.yaml:8:17: X1 says cannot, but has trials"},
		{"twice", oneClaim(speaksFor) + "      - {id: X1, says: Again., cannot: never}\n", "claims.yaml:8:14: the claim X1 is listed twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loadClaims(c.src, t)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// judgedIn makes up the result of one trial for each cell of the claims.
func judgedIn(t *testing.T, world string, sources []ClaimSource, found map[check.Property]check.Verdict) (run ClaimTrialsRun) {
	t.Helper()
	run.World = world
	trials, err := ClaimTrials(sources, Selection{World: world, Seeds: Seeds{1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	trials, run.Missing = Available(trials)
	for _, trial := range trials {
		r := Result{Scenario: trial.Scenario.Name, World: world}
		for _, pre := range check.Preconditions() {
			r.Findings = append(r.Findings, check.Finding{Property: pre, Verdict: check.Holds})
		}
		for p, v := range found {
			r.Findings = append(r.Findings, check.Finding{Property: p, Verdict: v})
		}
		run.Add(Judged{Trial: trial, Result: r})
	}
	return run
}

// TestAClaimIsDecidedWhereItsTrialsAre checks that a claim is decided in a world only by trials of
// that world, and only by all of them.
func TestAClaimIsDecidedWhereItsTrialsAre(t *testing.T) {
	const (
		live     = "        confirmed-by: [{scenario: gc-pause, backend: perfect, guard: none, find: {overlap: violated}, world: live}]\n"
		slow     = "        refuted-by: [{scenario: clock-rate, backend: redlock, guard: none, find: {overlap: violated}}]\n" // no real clock runs slow
		messages = "        refuted-by: [{scenario: uncontended, backend: perfect, guard: none, measures: {messages: [0, 9]}}]\n"
	)
	for _, c := range []struct {
		name, claim   string
		virtual, live ClaimVerdict
	}{
		{"a trial of either world", strings.Replace(live, ", world: live", "", 1), ClaimConfirmed, ClaimConfirmed},
		{"a trial of one world", live, ClaimElsewhere, ClaimConfirmed},
		{"one of two kinds is of one world", live + strings.Replace(speaksAgainst, "overlap: holds", "overlap: violated", 1) + "        condition: in some cases\n", ClaimElsewhere, ClaimConditional},
		{"a fault that real hosts cannot have", slow, ClaimRefuted, ClaimElsewhere},
		{"something that is not measured live", messages, ClaimUndecided, ClaimElsewhere},
	} {
		t.Run(c.name, func(t *testing.T) {
			sources, err := loadClaims(oneClaim(strings.ReplaceAll(c.claim, "backend: redis", "backend: perfect")), t)
			if err != nil {
				t.Fatal(err)
			}
			for world, want := range map[string]ClaimVerdict{VirtualWorld: c.virtual, LiveWorld: c.live} {
				run := judgedIn(t, world, sources, map[check.Property]check.Verdict{check.Overlap: check.Violated})
				if got := JudgeClaims(sources, run)[0]; got.Verdict != want {
					t.Errorf("in the %s world the claim is %s, want %s; evidence %+v", world, got.Verdict, want, got.Evidence)
				}
			}
		})
	}
}

// TestEveryOptionInTheEvidenceIsKnownFromSomewhere checks that no claim rests on an option unless
// somebody says that there is such a lock.
func TestEveryOptionInTheEvidenceIsKnownFromSomewhere(t *testing.T) {
	for _, s := range builtinClaims(t) {
		for _, c := range s.Claims {
			for _, test := range c.tests() {
				for _, backend := range test.Backends {
					for _, option := range optionsIn(backend) {
						if !slices.ContainsFunc(test.Options, func(o ClaimOption) bool { return o.Option == option && o.Source != "" }) {
							t.Errorf("%s: %s: where is %s known from? say so under options", c.ID, backend, option)
						}
					}
				}
			}
		}
	}
}

// TestTrialsOfTheOtherWorldAreNoEvidence checks that what came out in one world does not count for
// the other.
func TestTrialsOfTheOtherWorldAreNoEvidence(t *testing.T) {
	sources, err := loadClaims(oneClaim(strings.Replace(speaksFor, "redis", "perfect", 1)), t)
	if err != nil {
		t.Fatal(err)
	}
	run := judgedIn(t, VirtualWorld, sources, map[check.Property]check.Verdict{check.Overlap: check.Violated})
	run.World = LiveWorld
	if r := JudgeClaims(sources, run)[0]; r.Verdict != ClaimUndecided || r.Evidence[0].Trials != 0 {
		t.Errorf("by virtual trials the claim is %s in the live world: %+v", r.Verdict, r.Evidence)
	}
}
