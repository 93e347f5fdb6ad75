package backends_test

import (
	"testing"

	"github.com/locklab/locklab/backends"
)

// program is a backend whose servers are chosen by a flag.
type program struct {
	backends.Backend
	flag string
}

func (p program) ServerFlag() backends.ServerFlag { return backends.ServerFlag{Name: p.flag} }

func TestEachServerFlagIsThereOnce(t *testing.T) {
	got := backends.Registry{program{flag: "a"}, program{flag: "b"}, program{flag: "a"}}.ServerFlags()
	if len(got) != 2 || got[0].Name != "a" || got[1].Name != "b" {
		t.Errorf("the flags are %+v, want a and b", got)
	}
}
