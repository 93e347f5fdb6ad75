// Package scripttest has what the tests of scripts and of their trials share: lock services in name
// only, the shortest script, and files to compare with. Only tests import it.
package scripttest

import (
	"errors"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Drawn is a script whose work and start times are drawn.
const Drawn = `
scenario: drawing
title: Work that takes a time of its own
text: A text.
ttl: 2s
clients: 3
workload: {withdraw: {times: 4, think: {uniform: [100ms, 0.5ttl]}, stagger: {uniform: [0s, 300ms]}}}
backends: [redis, none]
guards: [none]
until: 50ttl
expect: [{overlap: holds, because: none, backend: redis}]
`

// Own returns a script with three clients. own is its mapping of clients, and rest is added to it.
func Own(own, rest string) []byte {
	return []byte(`
scenario: own
title: One client is another
text: A text.
ttl: 10s
clients: 3
client: ` + own + `
workload: {withdraw: {think: 0.1ttl}}
guards: [none]
until: 20ttl
expect: [{lost-update: holds, because: none}]
` + rest)
}

// Least is a script with only what must be there.
const Least = `
scenario: least
title: Only what must be there
text: A text.
ttl: 2s
clients: 1
workload: {withdraw: {}}
until: 4ttl
expect: [{lost-update: holds, because: there is one client}]
`

// Service is a lock service that scripts can name but that cannot run.
type Service struct {
	ID      string
	Has     []backends.Option
	Tokens  bool
	Hosts   []sim.HostID
	Disk    bool // its servers wait for their disk
	Account []ledger.Guard
	Set     bool // it can keep a set
	Unseen  []sim.Kind
}

func (s Service) Name() string                           { return s.ID }
func (s Service) Title() string                          { return s.ID + ", in name only" }
func (s Service) Options() []backends.Option             { return s.Has }
func (s Service) IssuesTokens() bool                     { return s.Tokens }
func (s Service) Servers(backends.Settings) []sim.HostID { return s.Hosts }
func (s Service) Parts(backends.Settings) []sim.Role     { return nil }
func (s Service) Never(backends.Settings) []sim.Kind     { return s.Unseen }
func (s Service) Keeps() []ledger.Guard                  { return s.Account }
func (s Service) KeepsSet() bool                         { return s.Set }
func (s Service) Syncs(backends.Settings) error {
	if s.Disk {
		return nil
	}
	return errors.New(s.ID + " does not wait for any disk")
}
func (s Service) Simulate(*virtual.World, backends.Settings) func(*virtual.Host) backends.Lock {
	panic("a service in name only was asked to run")
}
func (s Service) SimulateSet(*virtual.World, backends.Settings) (func(*virtual.Host) backends.Adder, backends.SetReader) {
	panic("a service in name only was asked to run")
}

// ClientOptions lists timeout and renew. The other options, elapsed-check and retry, stand for what
// all clients share.
func (Service) ClientOptions() []string { return []string{"timeout", "renew"} }

// Services returns the lock services that the tests' scripts may name.
func Services() backends.Registry {
	timing := []backends.Option{
		{Name: "timeout", Kind: backends.Duration, Default: "0.2ttl", Least: backends.NotZero},
		{Name: "retry", Kind: backends.Duration, Default: "0.02ttl", Least: time.Millisecond},
	}
	return backends.Registry{
		Service{ID: "none"},
		Service{ID: "perfect", Has: timing, Tokens: true, Hosts: []sim.HostID{"perfect-1"}},
		Service{ID: "redis", Tokens: true, Disk: true, Set: true, Account: []ledger.Guard{ledger.None, ledger.LockKey}, Hosts: []sim.HostID{"redis-1"}, Has: append([]backends.Option{
			{Name: "elapsed-check", Kind: backends.Switch, Default: "off"},
			{Name: "renew", Kind: backends.Switch, Default: "off"},
		}, timing...)},
	}
}

// Guards returns the guards that the tests' scripts may name.
func Guards() []string {
	return []string{"none", "fence-writes", "fence-all", "fence-equal", "cas", "unique"}
}

// seedsVariable is the environment variable for how many seeds of each trial the tests run. A
// mistake in a lock shows in most cells with the first seed, so a developer's run has one;
// continuous integration asks for more.
const seedsVariable = "LOCKLAB_SEEDS"

// Seeds returns how many seeds, from 1, tests run a whole suite with.
func Seeds(t testing.TB) uint64 {
	t.Helper()
	text := os.Getenv(seedsVariable)
	if text == "" || testing.Short() {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n < 1 || n > 20 {
		t.Fatalf("%s is %q; expected how many seeds of each trial to run, from 1 to 20", seedsVariable, text)
	}
	return n
}

var update = flag.Bool("update", false, "rewrite the files in testdata and the schema")

// Update reports whether files are to be rewritten with what the tests find.
func Update() bool { return *update }

// Golden compares got with a file. With -update it writes the file first.
func Golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run the test with -update to write it", err)
	}
	if got != string(want) {
		t.Errorf("%s differs from the output; if the output is right, run the test with -update\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

// Must ends the test if there is an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// CheckPlace checks that an error of reading src points into it, and says what was found and what was
// expected.
func CheckPlace(t *testing.T, err error, src []byte) {
	t.Helper()
	var bad *strict.Error
	if !errors.As(err, &bad) {
		t.Fatalf("got %T %v, want a *strict.Error", err, err)
	}
	lines := strings.Split(strings.TrimPrefix(string(src), "\ufeff"), "\n")
	if bad.Line < 1 || bad.Line > len(lines) {
		t.Fatalf("line %d of %d", bad.Line, len(lines))
	}
	if bad.Column < 1 || bad.Column > utf8.RuneCountInString(bad.Text)+1 {
		t.Errorf("column %d of %q", bad.Column, bad.Text)
	}
	if bad.Found == "" || bad.Expected == "" {
		t.Errorf("the error does not say what was found and expected: %v", err)
	}
	if strings.Contains(bad.Found, "gave up") {
		t.Logf("the YAML parser panics on %q", src)
	}
	_ = err.Error()
}
