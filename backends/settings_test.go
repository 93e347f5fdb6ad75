package backends_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"pgregory.net/rapid"
)

func TestASpecKeepsTheNameItWasWrittenWith(t *testing.T) {
	for _, c := range []struct{ text, name string }{
		{"named", "named"},
		{"named+renew", "named+renew"},
		{"named+renew=on", "named+renew"},
		{"named+renew=off", "named+renew=off"},
		{"named+timeout=0.3ttl+renew", "named+timeout=0.3ttl+renew"},
		{"named+nodes=7", "named+nodes=7"},
		{"named+durability=always+nodes=3", "named+durability=always+nodes=3"},
	} {
		if got := spec(t, c.text).String(); got != c.name {
			t.Errorf("%q is named %q, expected %q", c.text, got, c.name)
		}
	}
}

func TestWhatASpecSetsReplacesTheDefault(t *testing.T) {
	for _, c := range []struct {
		text    string
		renew   bool
		timeout time.Duration
	}{
		{"named", false, 2 * time.Second}, // 0.2ttl of 10 s
		{"named+renew", true, 2 * time.Second},
		{"named+renew=off", false, 2 * time.Second},
		{"named+timeout=250ms", false, 250 * time.Millisecond},
		{"named+timeout=1.5ttl+renew", true, 15 * time.Second},
	} {
		s, err := spec(t, c.text).Settings(10*time.Second, false)
		if err != nil {
			t.Fatal(err)
		}
		if s.On("renew") != c.renew || s.Span("timeout") != c.timeout {
			t.Errorf("%s: renew %t, timeout %v; expected %t, %v", c.text, s.On("renew"), s.Span("timeout"), c.renew, c.timeout)
		}
	}
}

func TestANumberAndAChoiceAreReadAsTheyWereWritten(t *testing.T) {
	for _, c := range []struct {
		text       string
		nodes      int
		durability string
	}{
		{"named", 5, "none"},
		{"named+nodes=7", 7, "none"},
		{"named+durability=always", 5, "always"},
		{"named+nodes=1+durability=none", 1, "none"},
	} {
		s, err := spec(t, c.text).Settings(10*time.Second, false)
		if err != nil {
			t.Fatal(err)
		}
		if s.Int("nodes") != c.nodes || s.Choice("durability") != c.durability {
			t.Errorf("%s: %d nodes, durability %s; expected %d, %s", c.text, s.Int("nodes"), s.Choice("durability"), c.nodes, c.durability)
		}
	}
}

func TestAWrongSpecIsRefusedWithWhatWasExpected(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"", `no backend "", expected one of named`},
		{"nmaed", `no backend "nmaed", expected one of named`},
		{"named+", `no option "", expected one of timeout, renew, nodes, durability`},
		{"named+renwe", `no option "renwe", expected one of timeout, renew, nodes, durability`},
		{"named+renew=yes", `option renew is "yes", expected on or off`},
		{"named+renew=", `option renew is "", expected on or off`},
		{"named+timeout", `option timeout: "" is not a length of time`},
		{"named+timeout=soon", `option timeout: "soon" is not a length of time`},
		{"named+timeout=-1s", `option timeout: "-1s" is not a length of time`},
		{"named+renew+renew", `sets renew twice`},
		{"named+nodes", `option nodes is "", expected a whole number from 1 to 99`},
		{"named+nodes=0", `option nodes is "0", expected a whole number from 1 to 99`},
		{"named+nodes=100", `option nodes is "100", expected a whole number from 1 to 99`},
		{"named+nodes=3.5", `option nodes is "3.5", expected a whole number from 1 to 99`},
		{"named+durability", `option durability is "", expected one of none, always`},
		{"named+durability=some", `option durability is "some", expected one of none, always`},
	} {
		_, err := backends.Registry{named{}}.ParseSpec(c.text)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v\nexpected it to say: %s", c.text, err, c.says)
		}
	}
}

func TestABackendWithoutTokensCannotServeAGuardThatNeedsThem(t *testing.T) {
	if _, err := spec(t, "named").Settings(time.Second, true); err == nil || !strings.Contains(err.Error(), "named issues no fencing token") {
		t.Errorf("Settings with a token = %v", err)
	}
}

func TestTheHeaderListsEveryOptionInTheBackendsOrder(t *testing.T) {
	want := []string{"token=false", "timeout=0.2ttl", "renew=on", "nodes=5", "durability=none"}
	if got := settings(t, spec(t, "named+renew")); !slices.Equal(got, want) {
		t.Errorf("listed as %q, expected %q", got, want)
	}
}

func TestReadingAnOptionThatDoesNotExistIsAProgrammingError(t *testing.T) {
	s, err := spec(t, "named").Settings(time.Second, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(){
		"an unknown switch":    func() { s.On("fast") },
		"a span as a switch":   func() { s.On("timeout") },
		"a switch as a length": func() { s.Span("renew") },
		"a number as a choice": func() { s.Choice("nodes") },
		"a choice as a number": func() { s.Int("durability") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was read all the same")
				}
			}()
			read()
		})
	}
}

func TestALengthThatIsTooShortUnderTheLeaseIsRefused(t *testing.T) {
	for text, ttl := range map[string]time.Duration{"named+timeout=0s": time.Second, "named+timeout=0.1ttl": 9 * time.Millisecond, "named": 4 * time.Millisecond} {
		_, err := spec(t, text).Settings(ttl, false)
		if err == nil || !strings.Contains(err.Error(), "backend "+text+": option timeout is ") || !strings.Contains(err.Error(), "expected at least 1ms") {
			t.Errorf("%s with a lease of %v: %v", text, ttl, err)
		}
	}
	if _, err := spec(t, "named+timeout=0.1ttl").Settings(10*time.Millisecond, false); err != nil {
		t.Error(err)
	}
}

func TestALengthThatIsTooLongToReckonWithIsRefused(t *testing.T) {
	for _, text := range []string{"named+timeout=100001h", "named+timeout=1000000ttl"} {
		_, err := spec(t, text).Settings(time.Hour, false)
		if err == nil || !strings.Contains(err.Error(), "backend "+text+": option timeout is ") || !strings.Contains(err.Error(), "expected at most 100000h") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := spec(t, "named+timeout=100000ttl").Settings(time.Hour, false); err != nil {
		t.Error(err)
	}
}

// picky is a backend whose options must fit each other.
type picky struct{ named }

func (picky) Check(s backends.Settings) *backends.Misfit {
	if s.On("renew") && s.Int("nodes") > 3 {
		return &backends.Misfit{Option: "nodes", Found: fmt.Sprint(s.Int("nodes")), Expected: "at most 3 with renew"}
	}
	return nil
}

func TestABackendMayRefuseOptionsThatDoNotFitEachOther(t *testing.T) {
	for text, says := range map[string]string{
		"named": "", "named+nodes=9": "", "named+renew+nodes=3": "",
		"named+renew": "backend named+renew: option nodes is 5, expected at most 3 with renew",
	} {
		s, err := backends.Registry{picky{}}.ParseSpec(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Settings(time.Second, false); says == "" && err != nil || says != "" && (err == nil || err.Error() != says) {
			t.Errorf("%s: %v, expected %q", text, err, says)
		}
	}
}

func TestEverySpecThatIsAcceptedCanBeWrittenAndReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`named(\+(renew|timeout|retry|nodes|durability)(=(on|off|none|always|[0-9.]{1,4}(ttl|s|ms)?))?){0,3}`).Draw(t, "spec")
		first, err := backends.Registry{named{}}.ParseSpec(text)
		if err != nil {
			return
		}
		again, err := backends.Registry{named{}}.ParseSpec(first.String())
		if err != nil || again.String() != first.String() {
			t.Fatalf("%q is written as %q and read again as %q, %v", text, first, again, err)
		}
	})
}

// fewer is a backend that has two options in common with named, and one option of a different kind.
type fewer struct{ named }

func (fewer) Name() string { return "fewer" }
func (fewer) Options() []backends.Option {
	return []backends.Option{
		{Name: "nodes", Kind: backends.Int, Default: "3", Min: 1, Max: 99},
		{Name: "timeout", Kind: backends.Duration, Default: "0.1ttl"},
		{Name: "renew", Kind: backends.Choice, Default: "never", Choices: []string{"never", "often"}},
		{Name: "wait", Kind: backends.Switch, Default: "on"},
	}
}

func TestSettingsForAnotherBackendKeepWhatBothHave(t *testing.T) {
	s, err := spec(t, "named+nodes=7+renew").Settings(time.Second, false)
	if err != nil {
		t.Fatal(err)
	}
	other := s.For(fewer{})
	if got, want := other.List(), []string{"token=false", "nodes=7", "timeout=0.2ttl", "renew=never", "wait=on"}; !slices.Equal(got, want) {
		t.Errorf("the other backend is run with %q, expected %q", got, want)
	}
	if other.TTL != s.TTL || !other.Written("nodes") || other.Written("timeout") {
		t.Errorf("lease %v, asked for nodes: %t, timeout: %t", other.TTL, other.Written("nodes"), other.Written("timeout"))
	}
}
