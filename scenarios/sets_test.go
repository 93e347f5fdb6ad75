package scenarios

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// TestServicesAreInSetsByWhatTheySayOfThemselves shows anyone who adds a service which sets it is
// in.
func TestServicesAreInSetsByWhatTheySayOfThemselves(t *testing.T) {
	want := map[string]string{
		"leased":    "perfect redis redlock sentinel",
		"sessions":  "etcd zookeeper",
		"fenced":    "perfect redis sentinel etcd zookeeper",
		"consensus": "etcd zookeeper",
		"quorum":    "redlock",
		"libraries": "lib/redislock lib/redsync lib/etcd-mutex lib/zk-lock",
		"stand-ins": "redis-redislock redlock-redsync zookeeper-go",
	}
	for _, set := range Sets() {
		var got []string
		for _, b := range set.Of(Registry()) {
			got = append(got, b.Name())
		}
		if strings.Join(got, " ") != want[set.Name] {
			t.Errorf("in %s are %q, want %q", set.Name, got, want[set.Name])
		}
		delete(want, set.Name)
	}
	if len(want) > 0 {
		t.Errorf("there are no sets %v", want)
	}
}

// TestASetSpeaksOfOptionSetsByTheirOwnAnswers checks that option sets are judged by their own
// answers: redis+renew is as much a session as one of etcd.
func TestASetSpeaksOfOptionSetsByTheirOwnAnswers(t *testing.T) {
	for _, c := range []struct {
		set, backend string
		want         bool
	}{
		{"leased", "redis", true},
		{"leased", "redis+elapsed-check", true},
		{"leased", "redis+renew", false},
		{"leased", "redlock-reference", true},
		{"leased", "etcd+server-lease=60s", true},
		{"leased", "none", false},
		{"leased", "lib/redislock", false},
		{"sessions", "redis+renew", true},
		{"sessions", "etcd+server-lease=60s", false},
		{"sessions", "zookeeper-go", true},
		{"fenced", "redis-redislock", false},
		{"consensus", "zookeeper-go", true},
		{"quorum", "redlock-redsync+nodes=3", true},
		{"libraries", "lib/redislock+renew", true},
		{"stand-ins", "redlock-redsync+nodes=3", true},
		{"stand-ins", "redlock-reference", false},
		{"stand-ins", "redlock", false},
	} {
		if got := setCovers(c.set, spec(t, c.backend)); got != c.want {
			t.Errorf("%s is in %s: %t, want %t", c.backend, c.set, got, c.want)
		}
	}
}

// TestANewServiceEntersTheScriptsWhoseSetsItFits checks that a new service enters those scripts and
// no others.
func TestANewServiceEntersTheScriptsWhoseSetsItFits(t *testing.T) {
	known := Everything()
	known.Registry = append(slices.Clone(known.Registry), service{name: "new", tokens: true, servers: []sim.HostID{"new-1"}, never: backends.NodeKinds()})
	has := func(name string) bool {
		s, err := Find(name, known)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Contains(s.Backends, "new")
	}
	for _, name := range []string{"no-fault", "gc-pause", "client-crash", "delayed-write", "equal-token"} {
		if !has(name) {
			t.Errorf("%s leaves it out", name)
		}
	}
	for _, name := range []string{"leader-pause", "renewals", "majority-down", "split-brain"} {
		if has(name) {
			t.Errorf("%s has it", name)
		}
	}
}

// TestAListWithASetIsInTheOrderOfTablesUpToIt checks that each service is listed once, before its
// option sets.
func TestAListWithASetIsInTheOrderOfTablesUpToIt(t *testing.T) {
	for list, want := range map[string]string{
		"leased": "perfect redis",
		"[redis+renew, redis+elapsed-check, none, leased]": "none perfect redis redis+renew redis+elapsed-check",
		"[leased, redis+renew, none]":                      "perfect redis redis+renew none",
		"[redis, leased, fenced, perfect]":                 "perfect redis",
	} {
		s := load(t, strings.Replace(least, "until", "backends: "+list+"\nuntil", 1))
		if got := strings.Join(s.Backends, " "); got != want {
			t.Errorf("backends: %s are %s, want %s", list, got, want)
		}
	}
}

// TestARowThatNamesAServiceWinsOverASet checks the precedence of rows: options before a service, a
// service before a set, a set before everything.
func TestARowThatNamesAServiceWinsOverASet(t *testing.T) {
	const rows = `
  - {lost-update: violated, because: everything}
  - {backend: leased, lost-update: holds, because: set}
  - {backend: redis, lost-update: violated, because: service}
  - {backend: redis+renew, lost-update: holds, because: options}
  - {backend: sessions, guard: cas, lost-update: violated, because: set and guard}
`
	src := strings.Replace(strings.Replace(least, "[{lost-update: holds, because: there is one client}]", rows, 1),
		"until", "backends: [none, leased, sessions, redis+renew]\nguards: [none, cas]\nuntil", 1)
	s, err := Load("test.yaml", []byte(src), Everything())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ backend, guard, want string }{
		{"none", "none", "everything"},
		{"none", "cas", "everything"},
		{"perfect", "cas", "set"},
		{"redlock", "none", "set"},
		{"redis", "none", "service"},
		{"redis+elapsed-check", "none", "service"},
		{"redis+renew", "none", "options"},
		{"redis+renew", "cas", "options"},
		{"etcd", "none", "everything"},
		{"etcd", "cas", "set and guard"},
		{"redlock+renew", "cas", "set and guard"},
	} {
		got := ""
		for _, e := range s.Expected(cellOf(t, c.backend, c.guard)) {
			if e.Property == check.LostUpdate {
				got = e.Because
			}
		}
		if got != c.want {
			t.Errorf("of %s, guard %s, it expects something because %q, want %q", c.backend, c.guard, got, c.want)
		}
	}
}

// TestAServiceIsNotCalledLikeASet keeps the names apart: a script could not name such a service.
func TestAServiceIsNotCalledLikeASet(t *testing.T) {
	for _, name := range append(setNames(), "redis") {
		if err := Register(service{name: name}); err == nil {
			t.Errorf("a service is named %s", name)
		}
	}
}
