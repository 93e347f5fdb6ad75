package script

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

const least = scripttest.Least

// known returns what the tests' scripts may refer to.
func known() Known { return Known{Guards: scripttest.Guards(), Registry: scripttest.Services()} }

// builtinScripts loads the scripts that come with locklab.
func builtinScripts(t *testing.T) (all []*Scenario) {
	t.Helper()
	for _, file := range scriptFiles(t) {
		src, err := os.ReadFile(file)
		scripttest.Must(t, err)
		s, err := Load(file, src, Everything())
		scripttest.Must(t, err)
		all = append(all, s)
	}
	return all
}

// scriptFiles lists the files of the scripts that come with locklab.
func scriptFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../scripts/*.yaml")
	if err != nil || len(files) < 90 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	battery, err := filepath.Glob("../battery/*.yaml")
	if err != nil || len(battery) == 0 {
		t.Fatalf("%d scripts of the battery, %v", len(battery), err)
	}
	return append(files, battery...)
}

// pause returns a pause as the loader reads it.
func pause(host sim.HostID, long string) Fault {
	span := sim.MustSpan(long)
	return Fault{Bare: sim.Fault{Kind: sim.Pause, Hosts: []sim.HostID{host}}, For: &span}
}

func load(t *testing.T, src string) *Scenario {
	t.Helper()
	s, err := Load("test.yaml", []byte(src), known())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const whole = `
scenario: everything
title: Every key once
claims: [K4, A7b]
text: >
  Two lines
  of text.
ttl: 10s
live-ttl: 3s
clients: 2
workload: {withdraw: {times: 3, think: {uniform: [0s, 0.2ttl]}, stagger: 100ms, every: 0.5ttl, wait: 2ttl, discipline: [attentive, {late: 0.5ttl}]}}
client:
  2: {think: 8ttl, times: 1, wait: 1s, discipline: heedless, ttl: 0.5ttl, lock: {renew: on, timeout: 1ttl}}
lock: {timeout: 4ttl}
backends: [redis, redis+elapsed-check+retry=0.1ttl]
guards: [none, fence-all]
steps:
  - on: {client: 1, event: read, nth: 2}
    after: 0.1ttl
    do: {pause: {host: client-1, for: 1.5ttl}}
  - on: {host: ledger, event: ledger-write}
    do: {pause: {host: redis-1, for: 1s}}
  - at: 2s
    do: {pause: {host: ledger, for: 1ttl}}
virtual-only: a reason
until: 4ttl
expect:
  - {guard: none, lost-update: violated, overlap: violated, because: nobody checks}
  - {backend: redis, guard: [fence-all], discipline: {late: 0.5ttl}, lost-update: holds, measures: {lease: [1ttl, 1ttl+600ms], lost-share: [0, 0.5]}, because: somebody does}
  - {stale-write: sometimes, availability: {sometimes: [0.1, 0.3]}, measures: {wait: {mean: [0s, 2s], p95: [1ttl, 1.5ttl]}}, because: chance has its way}
`

func TestEveryKeyOfAScriptIsRead(t *testing.T) {
	got := load(t, whole)
	eight, second, half := sim.MustSpan("8ttl"), sim.MustSpan("1s"), sim.MustSpan("0.5ttl")
	at, least := sim.MustSpan("2s"), sim.MustSpan("0s")
	want := &Scenario{
		File: "test.yaml", Name: "everything", Title: "Every key once", Text: "Two lines of text.",
		Claims: []string{"K4", "A7b"}, TTL: 10 * time.Second, LiveTTL: 3 * time.Second, Clients: 2,
		Workload: Workload{
			Kind: workload.Withdraw, Times: 3, Think: sim.MustSpan("0.2ttl"), Stagger: sim.MustSpan("100ms"), Every: sim.MustSpan("0.5ttl"), Wait: sim.MustSpan("2ttl"), ThinkAtLeast: &least,
			Disciplines: []Discipline{{Kind: workload.Attentive}, {Kind: workload.Late, Late: sim.MustSpan("0.5ttl")}},
		},
		Lock:     []LockOption{{Name: "timeout", Value: "4ttl"}},
		Backends: []string{"redis", "redis+elapsed-check+retry=0.1ttl"},
		Guards:   []string{"none", "fence-all"},
		Steps: []Step{
			{On: &On{Host: "client-1", Event: sim.Read, Nth: 2}, After: sim.MustSpan("0.1ttl"), Do: pause("client-1", "1.5ttl")},
			{On: &On{Host: "ledger", Event: sim.LedgerWrite, Nth: 1}, After: sim.MustSpan("0"), Do: pause("redis-1", "1s")},
			{At: &at, After: sim.MustSpan("0"), Do: pause("ledger", "1ttl")},
		},
		Own: []OwnClient{{
			Index: 1, Think: &eight, Times: 1, Wait: &second, Discipline: &Discipline{Kind: workload.Heedless}, TTL: &half,
			Lock: []LockOption{{"renew", "on"}, {"timeout", "1ttl"}},
		}},
		Until: sim.MustSpan("4ttl"), VirtualOnly: "a reason",
		Expect: []Expectation{
			{Guards: []string{"none"}, Because: "nobody checks", Verdicts: []PropertyValue{{check.Overlap, check.Violated}, {check.LostUpdate, check.Violated}}},
			{Backends: []backends.Spec{{Backend: known().Registry[2]}}, Guards: []string{"fence-all"}, Disciplines: []string{"late=0.5ttl"}, Because: "somebody does", Verdicts: []PropertyValue{{check.LostUpdate, check.Holds}}, Ranges: []bound.Range{
				{Measure: check.LeaseLength, Of: bound.EveryValue, From: end(t, check.LeaseLength, "1ttl"), To: end(t, check.LeaseLength, "1ttl+600ms")},
				{Measure: check.LostShare, Of: bound.EveryValue, From: end(t, check.LostShare, "0"), To: end(t, check.LostShare, "0.5")},
			}},
			{Because: "chance has its way", Sometimes: []Chance{{check.StaleWrite, nil}, {check.Availability, &bound.Share{From: 0.1, To: 0.3}}}, Ranges: []bound.Range{
				{Measure: check.Wait, Of: bound.Mean, From: end(t, check.Wait, "0s"), To: end(t, check.Wait, "2s")},
				{Measure: check.Wait, Of: "p95", From: end(t, check.Wait, "1ttl"), To: end(t, check.Wait, "1.5ttl")},
			}},
		},
	}
	if len(got.Digest) != 16 || got.Digest == digest(nil) {
		t.Errorf("the digest is %q", got.Digest)
	}
	want.Digest, want.specs = got.Digest, got.specs
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// attentive is the discipline list of a script that names none.
var attentive = []Discipline{{Kind: workload.Attentive}}

func TestWhatIsLeftOutMeansAllOrTheDefault(t *testing.T) {
	s := load(t, least)
	if got, want := strings.Join(s.Backends, " "), "none perfect redis"; got != want {
		t.Errorf("backends are %s, want all known: %s", got, want)
	}
	if got, want := strings.Join(s.Guards, " "), "none fence-writes fence-all fence-equal cas unique"; got != want {
		t.Errorf("guards are %s, want all known: %s", got, want)
	}
	w := s.Workload
	if w.Times != 1 || w.Think.In(s.TTL) != 0 || w.Stagger.In(s.TTL) != 0 || !reflect.DeepEqual(w.Disciplines, attentive) || w.Wait != s.Until {
		t.Errorf("the workload is %+v, want one withdrawal without thinking that waits to the end", w)
	}
}

func TestAJobIsAWorkloadToo(t *testing.T) {
	s := load(t, strings.Replace(least, "{withdraw: {}}", "{charge-once: {jobs: 3, think: 0.2ttl, stagger: 1s, wait: 2ttl, discipline: heedless}}", 1))
	want := Workload{
		Kind: workload.ChargeOnce, Times: 3, Think: sim.MustSpan("0.2ttl"), Stagger: sim.MustSpan("1s"), Every: sim.MustSpan("0"), Wait: sim.MustSpan("2ttl"),
		Disciplines: []Discipline{{Kind: workload.Heedless}},
	}
	if !reflect.DeepEqual(s.Workload, want) {
		t.Errorf("got %+v, want %+v", s.Workload, want)
	}
	s = load(t, strings.Replace(least, "{withdraw: {}}", "{charge-once: {}}", 1))
	if w := s.Workload; w.Kind != workload.ChargeOnce || w.Times != 1 || w.Wait != s.Until || !reflect.DeepEqual(w.Disciplines, attentive) {
		t.Errorf("got %+v, want one job without thinking", w)
	}
}

func TestStepsScaleWithTheLease(t *testing.T) {
	s := load(t, whole)
	want := []sim.Step{
		{
			When: sim.Trigger{Host: "client-1", Kind: sim.Read, Nth: 2, After: 200 * time.Millisecond},
			Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: 3 * time.Second},
		},
		{
			When: sim.Trigger{Host: "ledger", Kind: sim.LedgerWrite, Nth: 1},
			Do:   sim.Fault{Kind: sim.Pause, Host: "redis-1", For: time.Second},
		},
		{
			When: sim.Trigger{After: 2 * time.Second},
			Do:   sim.Fault{Kind: sim.Pause, Host: "ledger", For: 2 * time.Second},
		},
	}
	for i, step := range s.Steps {
		if got := step.Resolve(2 * time.Second); !reflect.DeepEqual(got, want[i]) {
			t.Errorf("step %d under a lease of 2 s is %+v, want %+v", i+1, got, want[i])
		}
	}
}

func TestFilesThatAreNoTextAreRefused(t *testing.T) {
	cases := []struct{ name, src, found string }{
		{"not UTF-8", "scenario: a\ntitle: \xff\n", "test.yaml:2:1: this line is not UTF-8"},
		{"huge", strings.Repeat("# nothing\n", 10_000), "test.yaml:1:1: the file has 100000 bytes"},
		{"empty", "", "test.yaml:1:1: the file is empty"},
		{"comment", "# only this\n", "test.yaml:1:1: the file is empty"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load("test.yaml", []byte(c.src), known())
			if err == nil || !strings.HasPrefix(err.Error(), c.found) {
				t.Errorf("got %v, want %s", err, c.found)
			}
		})
	}
}

func TestWindowsLineEndsAndByteOrderMarkAreRead(t *testing.T) {
	s := load(t, "\ufeff"+strings.ReplaceAll(whole, "\n", "\r\n"))
	if s.Name != "everything" || s.Text != "Two lines of text." {
		t.Errorf("got %q %q", s.Name, s.Text)
	}
}

// end is an end of a range as it is written in a script.
func end(t *testing.T, m check.Measure, text string) bound.Bound {
	t.Helper()
	b, err := bound.Parse(m, text)
	scripttest.Must(t, err)
	return b
}
