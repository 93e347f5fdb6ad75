package script

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/sim/check"
)

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
