package lib

import (
	"testing"

	"github.com/locklab/locklab/backends"
)

func TestLibrariesWorkWithTheServersOfTheirService(t *testing.T) {
	for spec, want := range map[string]int{
		"lib/redislock": 1, "lib/redsync": 5, "lib/redsync+nodes=3": 3, "lib/etcd-mutex": 3, "lib/zk-lock": 3,
	} {
		b, err := backends.Registry(Backends()).ParseSpec(spec)
		if err != nil {
			t.Fatal(err)
		}
		s, err := b.Settings(1, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Backend.Servers(s); len(got) != want {
			t.Errorf("%s has the servers %q, expected %d", spec, got, want)
		}
	}
}
