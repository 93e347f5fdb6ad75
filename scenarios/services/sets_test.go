package services

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
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
		spec, err := Registry().ParseSpec(c.backend)
		scripttest.Must(t, err)
		if got := Covers(c.set, spec); got != c.want {
			t.Errorf("%s is in %s: %t, want %t", c.backend, c.set, got, c.want)
		}
	}
}

// TestAServiceIsNotCalledLikeASet keeps the names apart: a script could not name such a service.
func TestAServiceIsNotCalledLikeASet(t *testing.T) {
	for _, name := range append(Names(), "redis") {
		if err := Register(scripttest.Service{ID: name}); err == nil {
			t.Errorf("a service is named %s", name)
		}
	}
}
