package backends_test

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
)

// real stands for real code that has a profile.
type real struct {
	named
	profile string
}

func (real) Name() string      { return "real" }
func (r real) Profile() string { return r.profile }
func (real) Options() []backends.Option {
	return []backends.Option{
		{Name: "renew", Kind: backends.Switch, Default: "on"}, // the profile has it off
		{Name: "nodes", Kind: backends.Int, Default: "5", Min: 1, Max: 500},
		{Name: "timeout", Kind: backends.Int, Default: "3", Min: 1, Max: 9}, // the profile's is a length of time
		{Name: "own", Kind: backends.Switch, Default: "off"},
	}
}

func TestWhatStandsForRealCodeHasItsOptions(t *testing.T) {
	registry := backends.Registry{named{}, real{profile: "named"}}
	for text, want := range map[string]string{
		"real":                         "named+renew",
		"real+renew=off":               "named",
		"real+nodes=7+own":             "named+renew+nodes=7",
		"real+nodes=5+timeout=9+renew": "named+renew",
	} {
		spec, err := registry.ParseSpec(text)
		if err != nil {
			t.Fatal(err)
		}
		got, stands, err := registry.StandIn(spec)
		if err != nil || !stands || got.String() != want {
			t.Errorf("for %s stands %q, %t, %v; expected %s", text, got, stands, err, want)
			continue
		}
		s, err := got.Settings(time.Second, false)
		own, _ := spec.Settings(time.Second, false)
		if err != nil || s.On("renew") != own.On("renew") || s.Int("nodes") != own.Int("nodes") {
			t.Errorf("%s: renew %t and %d nodes, %v; %s has %t and %d", got, s.On("renew"), s.Int("nodes"), err, text, own.On("renew"), own.Int("nodes"))
		}
	}
	// What a scenario says about all locks applies to the profile as to any other.
	spec, _ := registry.ParseSpec("real")
	spec, _, err := spec.WithDefault("nodes", "3")
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := registry.StandIn(spec); err != nil || got.String() != "named+renew" {
		t.Errorf("with an option of the scenario: %q, %v", got, err)
	}
}

func TestWhereNothingCanStandThatIsSaid(t *testing.T) {
	if _, stands, err := (backends.Registry{named{}}).StandIn(spec(t, "named")); stands || err != nil {
		t.Errorf("for what is simulated stands something: %t, %v", stands, err)
	}
	for text, want := range map[string]struct{ profile, says string }{
		"real":           {"nobody", `there is no backend "nobody"`},
		"real+nodes=100": {"named", `named stands for real+nodes=100: option nodes is "100", expected a whole number from 1 to 99`},
	} {
		registry := backends.Registry{named{}, real{profile: want.profile}}
		spec, err := registry.ParseSpec(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := registry.StandIn(spec); err == nil || !strings.Contains(err.Error(), want.says) {
			t.Errorf("%s: %v, expected %q", text, err, want.says)
		}
	}
}
