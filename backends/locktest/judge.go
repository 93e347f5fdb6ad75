package locktest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/audit"
	"github.com/locklab/locklab/sim/check"
	"pgregory.net/rapid"
)

// Only returns the events of these kinds.
func Only(h *sim.History, kinds ...sim.Kind) (events []sim.Event) {
	for _, e := range h.Events {
		if slices.Contains(kinds, e.Kind) {
			events = append(events, e)
		}
	}
	return events
}

// Transcript shows all events, for the message of a failing test.
func Transcript(events []sim.Event) string {
	var text strings.Builder
	for _, e := range events {
		fmt.Fprintln(&text, e.At, e.Host, e.Kind, e.Grant, e.Token, e.Note, e.Ended, e.Fault)
	}
	return text.String()
}

// ExpectOverlap checks whether two clients held leases at once that were valid by their own clocks,
// in a history in which the lock was acquired this often.
func ExpectOverlap(t rapid.TB, h *sim.History, want check.Verdict, acquired int) {
	t.Helper()
	if n := len(Only(h, sim.Acquired)); n != acquired {
		t.Fatalf("the lock was acquired %d times, expected %d:\n%s", n, acquired, Transcript(h.Events))
	}
	if f := check.One(check.OverlapValid, h); f.Verdict != want {
		t.Errorf("overlap-valid is %v (%s), expected %v:\n%s", f.Verdict, f.Why, want, Transcript(h.Events))
	}
}

// ExpectOrder checks that a live history, and the messages that the switch has seen, respect the
// order of cause and effect.
func ExpectOrder(t rapid.TB, h *sim.History, messages []sim.Message) {
	t.Helper()
	whole := *h
	whole.Header.World, whole.Messages = sim.LiveWorld, messages
	for _, d := range audit.Disorders(&whole) {
		t.Errorf("out of order: %v", d)
	}
}

// ExpectOnHosts compares lines of the form "host …", separately for each host: between hosts of the
// live world, the order of events within a fraction of a millisecond does not count.
func ExpectOnHosts(t rapid.TB, got []string, want ...string) {
	t.Helper()
	for _, host := range hostsOf(slices.Concat(want, got)) {
		if g, w := onHost(host, got), onHost(host, want); !slices.Equal(g, w) {
			t.Errorf("%s: %q, expected %q", host, g, w)
		}
	}
}

// hostsOf returns the first words of lines, each once.
func hostsOf(lines []string) (hosts []string) {
	for _, l := range lines {
		if host, _, _ := strings.Cut(l, " "); !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

func onHost(host string, lines []string) (mine []string) {
	for _, l := range lines {
		if strings.HasPrefix(l, host+" ") {
			mine = append(mine, l)
		}
	}
	return mine
}
