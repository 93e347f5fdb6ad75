package claims

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// scriptsOf loads the built-in scenarios.
func scriptsOf(t testing.TB) []*script.Scenario {
	t.Helper()
	all, err := scenarios.Builtin(script.Everything())
	scripttest.Must(t, err)
	return all
}

func simulateOne(t testing.TB, one trial.Trial) *sim.History {
	t.Helper()
	h, err := one.Simulate(t.Context())
	scripttest.Must(t, err)
	return h
}

func builtinClaims(t *testing.T) []Source {
	t.Helper()
	sources, err := Builtin(script.Everything())
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
	for _, s := range scriptsOf(t) {
		for _, c := range s.Claims {
			if !slices.Contains(ids, c) {
				t.Errorf("%s tests the claim %s, which is not in the file of claims", s.Name, c)
			}
		}
	}
}

// judgeAll runs the trials of the claims, one after the other, and judges the claims.
func judgeAll(t *testing.T, sources []Source, seeds outcome.Seeds) []Result {
	t.Helper()
	trials, err := Trials(sources, trial.Selection{World: sim.VirtualWorld, Seeds: seeds})
	if err != nil {
		t.Fatal(err)
	}
	out := Run{World: sim.VirtualWorld}
	trials, out.Missing = trial.Available(trials)
	for _, one := range trials {
		out.Add(trial.Judged{Trial: one, Result: one.Judge(simulateOne(t, one))})
	}
	return Judge(sources, out)
}

func TestNoMeasurementContradictsTheFileOfClaims(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the same code a thousand times")
	}
	for _, r := range judgeAll(t, builtinClaims(t), outcome.Seeds{First: 1, Last: scripttest.Seeds(t)}) {
		if r.Verdict == Contradicted || r.Verdict == Undecided {
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

func loadClaims(src string, t *testing.T) ([]Source, error) {
	t.Helper()
	return Load("claims.yaml", []byte(src), script.Everything(), scriptsOf(t))
}

func TestTheVerdictFollowsFromTheTrials(t *testing.T) {
	for _, c := range []struct {
		name, claim string
		want        Verdict
	}{
		{"all trials speak for it", speaksFor, Confirmed},
		{"all trials speak against it", speaksAgainst, Refuted},
		{"some for, some against", speaksFor + speaksAgainst + "        condition: in some cases\n", Conditional},
		{"none yet", "        not-yet: a trial\n", NotYet},
		{"never", "        cannot: it is a wish\n", Cannot},
		{"measured otherwise", strings.Replace(speaksFor, "overlap: violated", "overlap: holds", 1), Contradicted},
		{"against, and measured otherwise", strings.Replace(speaksAgainst, "holds", "violated", 1), Contradicted},
		{"the trials do not tell", strings.Replace(speaksFor, "overlap: violated", "token-order: holds", 1), Undecided},
	} {
		t.Run(c.name, func(t *testing.T) {
			sources, err := loadClaims(oneClaim(c.claim), t)
			if err != nil {
				t.Fatal(err)
			}
			if got := judgeAll(t, sources, outcome.Seeds{First: 1, Last: 2})[0]; got.Verdict != c.want {
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
	e := judgeAll(t, sources, outcome.Seeds{First: 1, Last: 3})[0].Evidence
	if len(e) != 1 || e[0].Trials != 6 || e[0].AsStated != 6 || !e[0].Against || e[0].Want != (script.PropertyValue{Property: check.Overlap, Verdict: check.Holds}) {
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
	trials, err := Trials(sources, trial.Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}})
	if err != nil {
		t.Fatal(err)
	}
	h := simulateOne(t, trials[0])
	h.Events = slices.DeleteFunc(h.Events, func(e sim.Event) bool { return e.Kind == sim.FaultProven })
	for i := range h.Events { // a history with a gap would say nothing anyway
		h.Events[i].Seq = int64(i + 1)
	}
	r := Judge(sources, Run{World: sim.VirtualWorld, Judged: []trial.Judged{{Trial: trials[0], Result: trials[0].Judge(h)}}})[0]
	if r.Verdict != Undecided || r.Evidence[0].Undecided != 1 {
		t.Errorf("the claim is %s by %+v", r.Verdict, r.Evidence)
	}
}

func TestATrialThatSeveralClaimsNeedIsRunOnce(t *testing.T) {
	second := strings.Replace(strings.SplitAfter(oneClaim(speaksFor), "claims:\n")[1], "X1", "X2", 1)
	sources, err := loadClaims(oneClaim(speaksFor)+second, t)
	if err != nil {
		t.Fatal(err)
	}
	if trials, err := Trials(sources, trial.Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 2}}); err != nil || len(trials) != 2 {
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
func judgedIn(t *testing.T, world string, sources []Source, found map[check.Property]check.Verdict) (run Run) {
	t.Helper()
	run.World = world
	trials, err := Trials(sources, trial.Selection{World: world, Seeds: outcome.Seeds{First: 1, Last: 1}})
	if err != nil {
		t.Fatal(err)
	}
	trials, run.Missing = trial.Available(trials)
	for _, one := range trials {
		r := outcome.Result{Scenario: one.Scenario.Name, World: world}
		for _, pre := range check.Preconditions() {
			r.Findings = append(r.Findings, check.Finding{Property: pre, Verdict: check.Holds})
		}
		for p, v := range found {
			r.Findings = append(r.Findings, check.Finding{Property: p, Verdict: v})
		}
		run.Add(trial.Judged{Trial: one, Result: r})
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
		virtual, live Verdict
	}{
		{"a trial of either world", strings.Replace(live, ", world: live", "", 1), Confirmed, Confirmed},
		{"a trial of one world", live, Elsewhere, Confirmed},
		{"one of two kinds is of one world", live + strings.Replace(speaksAgainst, "overlap: holds", "overlap: violated", 1) + "        condition: in some cases\n", Elsewhere, Conditional},
		{"a fault that real hosts cannot have", slow, Refuted, Elsewhere},
		{"something that is not measured live", messages, Undecided, Elsewhere},
	} {
		t.Run(c.name, func(t *testing.T) {
			sources, err := loadClaims(oneClaim(strings.ReplaceAll(c.claim, "backend: redis", "backend: perfect")), t)
			if err != nil {
				t.Fatal(err)
			}
			for world, want := range map[string]Verdict{sim.VirtualWorld: c.virtual, sim.LiveWorld: c.live} {
				run := judgedIn(t, world, sources, map[check.Property]check.Verdict{check.Overlap: check.Violated})
				if got := Judge(sources, run)[0]; got.Verdict != want {
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
						if !slices.ContainsFunc(test.Options, func(o Option) bool { return o.Option == option && o.Source != "" }) {
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
	run := judgedIn(t, sim.VirtualWorld, sources, map[check.Property]check.Verdict{check.Overlap: check.Violated})
	run.World = sim.LiveWorld
	if r := Judge(sources, run)[0]; r.Verdict != Undecided || r.Evidence[0].Trials != 0 {
		t.Errorf("by virtual trials the claim is %s in the live world: %+v", r.Verdict, r.Evidence)
	}
}
