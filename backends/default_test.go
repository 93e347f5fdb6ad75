package backends_test

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// named is a backend that can be named but not run.
type named struct{}

func (named) Name() string                           { return "named" }
func (named) Title() string                          { return "a backend in name only" }
func (named) IssuesTokens() bool                     { return false }
func (named) Servers(backends.Settings) []sim.HostID { return nil }
func (named) Parts(backends.Settings) []sim.Role     { return nil }
func (named) Never(backends.Settings) []sim.Kind     { return nil }
func (named) Options() []backends.Option {
	return []backends.Option{
		{Name: "timeout", Kind: backends.Duration, Default: "0.2ttl", Least: time.Millisecond},
		{Name: "renew", Kind: backends.Switch, Default: "off"},
		{Name: "nodes", Kind: backends.Int, Default: "5", Min: 1, Max: 99},
		{Name: "durability", Kind: backends.Choice, Default: "none", Choices: []string{"none", "always"}},
	}
}
func (named) Simulate(*virtual.World, backends.Settings) func(*virtual.Host) backends.Lock {
	panic("a backend in name only was asked to run")
}

func spec(t *testing.T, text string) backends.Spec {
	t.Helper()
	s, err := backends.Registry{named{}}.ParseSpec(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func settings(t *testing.T, s backends.Spec) []string {
	t.Helper()
	got, err := s.Settings(10*time.Second, false)
	if err != nil {
		t.Fatal(err)
	}
	return got.List()
}

func TestADefaultYieldsToWhatTheSpecSays(t *testing.T) {
	cases := []struct{ spec, option, value, want string }{
		{"named", "timeout", "4ttl", "timeout=4ttl"},
		{"named+timeout=1s", "timeout", "4ttl", "timeout=1s"},
		{"named", "renew", "on", "renew=on"},
		{"named+renew=off", "renew", "on", "renew=off"},
		{"named", "nodes", "3", "nodes=3"},
		{"named+nodes=7", "nodes", "3", "nodes=7"},
		{"named", "durability", "always", "durability=always"},
		{"named+durability=none", "durability", "always", "durability=none"},
	}
	for _, c := range cases {
		s := spec(t, c.spec)
		with, has, err := s.WithDefault(c.option, c.value)
		if err != nil || !has {
			t.Errorf("%s with %s=%s: has it %t, %v", c.spec, c.option, c.value, has, err)
			continue
		}
		if got := settings(t, with); !slices.Contains(got, c.want) {
			t.Errorf("%s with %s=%s runs with %q, want %s", c.spec, c.option, c.value, got, c.want)
		}
		if with.String() != s.String() {
			t.Errorf("a default changed the name %s into %s", s, with)
		}
	}
}

func TestALaterDefaultReplacesAnEarlierOneInItsOwnSpecOnly(t *testing.T) {
	base, _, err := spec(t, "named").WithDefault("renew", "on")
	if err != nil {
		t.Fatal(err)
	}
	short, _, err := base.WithDefault("timeout", "1s")
	if err != nil {
		t.Fatal(err)
	}
	long, _, err := base.WithDefault("timeout", "9s")
	if err != nil {
		t.Fatal(err)
	}
	last, _, err := long.WithDefault("timeout", "8s")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		spec backends.Spec
		want string
	}{{base, "timeout=0.2ttl"}, {short, "timeout=1s"}, {long, "timeout=9s"}, {last, "timeout=8s"}} {
		if got := settings(t, c.spec); !slices.Contains(got, c.want) || !slices.Contains(got, "renew=on") {
			t.Errorf("runs with %q, want %s and renew=on", got, c.want)
		}
	}
}

func TestADefaultThatDoesNotFitIsRefused(t *testing.T) {
	s := spec(t, "named")
	if same, has, err := s.WithDefault("retry", "1s"); has || err != nil || same.String() != "named" {
		t.Errorf("an option that the backend lacks: has it %t, %v", has, err)
	}
	if _, _, err := s.WithDefault("timeout", "soon"); err == nil {
		t.Error("timeout=soon was taken")
	}
}
