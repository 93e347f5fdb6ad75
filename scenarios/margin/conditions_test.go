package margin

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/script"
)

// loadOne loads a file with one condition, of battery-packet-loss under redis.
func loadOne(t *testing.T, condition string) (Plan, error) {
	t.Helper()
	known := script.Everything()
	faults, err := scenarios.Battery(known)
	if err != nil {
		t.Fatal(err)
	}
	text := "margins:\n  - fault: battery-packet-loss\n    conditions:\n      - backend: redis\n        harm: not-served\n" + condition
	conditions, err := Load("margins.yaml", []byte(text), known, faults)
	return Plan{Faults: faults, Conditions: conditions}, err
}

// TestChanceIsNoSize has a condition without a threshold.
func TestChanceIsNoSize(t *testing.T) {
	p, err := loadOne(t, "        least: chance\n        because: a packet must be lost\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Faults {
		if f.Name != "battery-packet-loss" {
			continue
		}
		m, err := p.weighed(Margin{Harm: NotServed, Bound: MostLoss}, setup("redis"), f, scaleOf(f.Size.Unit, setup("redis").TTL, 0))
		if err != nil || m.Agreement != ByChance || !m.Derived.Chance || m.Derived.Because != "a packet must be lost" {
			t.Errorf("got %+v, %v", m.Derived, err)
		}
		return
	}
	t.Error("the battery has no packet loss")
}

// TestABadConditionIsTold has the place and what was expected instead.
func TestABadConditionIsTold(t *testing.T) {
	for _, c := range []struct{ rows, want string }{
		{"        least: chance\n        most: ttl\n", "margins.yaml:7:15: chance has no sizes to lie between"},
		{"        least: ttl\n        most: chance\n", "margins.yaml:7:15: chance has no sizes to lie between"},
		{"        least: chance + ttl\n", `"chance + ttl" names chance`},
		{"        least: chances\n", `"chances" names chances`},
		{"        least: ttl -\n", "or never or chance"},
		{"        least: lag\n", `"lag" names lag`},
	} {
		_, err := loadOne(t, c.rows+"        because: of this\n")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.rows, err, c.want)
		}
	}
}
