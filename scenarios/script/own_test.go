package script

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/services"
)

// withOwn loads a script with three clients and locklab's own backends. own is its client mapping,
// and rest is added to the script.
func withOwn(t *testing.T, own, rest string) (*Scenario, error) {
	t.Helper()
	return Load("own.yaml", scripttest.Own(own, rest), Everything())
}

// A ZooKeeper ensemble limits every session to 20 ticks, and all clients share its tick.
func TestALeaseOfAClientMustFitTheServers(t *testing.T) {
	_, err := withOwn(t, "{2: {ttl: 5ttl}}", "backends: [zookeeper]\n")
	if err == nil || !strings.Contains(err.Error(), "own.yaml:7:19: client 2 with backend zookeeper: option tick is 2s with a lease of 50s") {
		t.Errorf("%v", err)
	}
}

func TestEveryOptionThatIsAClientsOwnExists(t *testing.T) {
	for _, b := range services.Registry() {
		p, ok := b.(backends.PerClient)
		if !ok {
			continue
		}
		names := optionNames(nil, b)
		for _, name := range p.ClientOptions() {
			if !slices.Contains(names, name) {
				t.Errorf("%s has no option %s", b.Name(), name)
			}
		}
	}
}

// A step may wait for an event that only one client records, such as a renewal. It is refused if no
// host there can record it.
func TestAStepMayWaitForWhatOneClientDoes(t *testing.T) {
	const step = "backends: [redis]\nsteps:\n  - on: {%s, event: %s}\n    do: {pause: {host: client-1, for: 1s}}\n"
	for _, c := range []struct {
		own, where, event string
		fits              bool
	}{
		{"{2: {think: 1s}}", "client: 2", "renewed", false},
		{"{2: {lock: {renew: on}}}", "client: 2", "renewed", true},
		{"{2: {lock: {renew: on}}}", "client: 1", "renewed", false},
		{"{2: {lock: {renew: on}}}", "host: redis-1", "extended", true},
		{"{2: {discipline: heedless}}", "client: 2", "check", false},
		{"{2: {discipline: {late: 1s}}}", "client: 2", "ignored", true},
	} {
		_, err := withOwn(t, c.own, fmt.Sprintf(step, c.where, c.event))
		if (err == nil) != c.fits {
			t.Errorf("client: %s, a step at %s of %s: %v", c.own, c.event, c.where, err)
		}
	}
}
