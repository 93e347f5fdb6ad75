//go:build linux

package network_test

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim/live/network"
)

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, each := range parts {
		if !strings.Contains(err.Error(), each) {
			t.Errorf("the error %q does not say %q", err, each)
		}
	}
}

// prove probes a fault, which must be in effect.
func prove(t *testing.T, f network.Fault) {
	t.Helper()
	if err := f.Probe(); err != nil {
		t.Fatal(err)
	}
}

// A probe tells what is, not what was asked for.
func TestLinkFaultThatIsNotInEffectIsNotProven(t *testing.T) {
	b := connected(t, client1, server1)
	there := b.links(client1, server1)
	for complaint, bring := range map[string]func() network.Fault{
		"packets get through": func() network.Fault { return b.Partition(there) },
		"expected at least":   func() network.Fault { return b.Delay(there, time.Hour) },
		"does not explain":    func() network.Fault { return b.Drop(there, 0.2, 0) },
	} {
		f := bring()
		prove(t, f)
		there[0].Forget()
		wantError(t, f.Probe(), complaint, string(client1), string(server1))
	}
	client, server := b.connect(t, b.listen(t, server1))
	held := make(chan network.Fault, 1)
	failed := make(chan error, 1)
	there[0].Await(network.NewWaiter(func(l *network.Link) {
		f, err := b.HoldMessages(there, time.Hour)
		l.LetGo()
		held <- f
		failed <- err
	}))
	say(t, client, "hello")
	f := <-held
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	prove(t, f)
	there[0].Forget()
	wantHeard(t, server, "hello")
	wantError(t, f.Probe(), "has arrived already")
}

func TestFaultThatIsUndoneLeavesNoProbing(t *testing.T) {
	b := connected(t, client1, server1)
	there := b.links(client1, server1)
	for name, bring := range map[string]func() network.Fault{
		"a cut":   func() network.Fault { return b.Partition(append(b.links(server1, client1), there...)) },
		"a delay": func() network.Fault { return b.Delay(there, time.Millisecond) },
		"a loss":  func() network.Fault { return b.Drop(there, 0.5, 0) },
	} {
		f := bring()
		for range 2 {
			prove(t, f)
		}
		if _, err := f.Undo(); err != nil {
			t.Fatal(err)
		}
		if n := b.Probings(); n != 0 {
			t.Errorf("%s leaves %d probings", name, n)
		}
	}
}
