//go:build linux

package live_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

func hold(by time.Duration) sim.Fault {
	return sim.Fault{Kind: sim.Hold, From: []sim.HostID{client1}, To: []sim.HostID{server1}, By: by, Firing: 9}
}

func TestHeldMessageArrivesLateAndInOrder(t *testing.T) {
	const by = 300 * time.Millisecond
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	l := listen(t, lab, server1)
	p := connect(t, lab, l)
	applied := make(chan error, 1)
	w.Await(hold(by), func() { applied <- w.Apply(hold(by)) })
	other := connect(t, lab, l) // a handshake carries no message
	select {
	case err := <-applied:
		t.Fatalf("there was no message to be held yet; %v", err)
	default:
	}
	start := time.Now()
	say(t, p.client, "first ")
	if err := <-applied; err != nil {
		t.Fatal(err)
	}
	say(t, p.client, "second")
	prove(t, w, hold(by))
	say(t, other.client, "meanwhile") // another connection is not held
	wantHeard(t, other.server, "meanwhile")
	wantHeard(t, p.server, "first second")
	if took := time.Since(start); took < by {
		t.Errorf("the held message took %v, want at least %v", took, by)
	}
	prove(t, w, hold(by)) // it arrived when it should: that is no breach
	undo(t, w, hold(by))
	say(t, p.client, "third")
	wantHeard(t, p.server, "third")
}

// A client that has given up on a held message closes its connection: the message still arrives,
// before the end of the connection does.
func TestHeldMessageOutlivesItsConnection(t *testing.T) {
	const by = 300 * time.Millisecond
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	p := connect(t, lab, listen(t, lab, server1))
	applied := make(chan error, 1)
	w.Await(hold(by), func() { applied <- w.Apply(hold(by)) })
	say(t, p.client, "stale write")
	if err := <-applied; err != nil {
		t.Fatal(err)
	}
	p.client.Close()
	wantSilence(t, p.server, 10*time.Millisecond)
	if all, err := io.ReadAll(deadline(p.server)); err != nil || string(all) != "stale write" {
		t.Errorf("heard %q, %v", all, err)
	}
}

// Two holds of one message add up, on top of the link's delay.
func TestHoldsOfOneMessageAddUp(t *testing.T) {
	const slow, by = 100 * time.Millisecond, 100 * time.Millisecond
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	p := connect(t, lab, listen(t, lab, server1))
	apply(t, w, delay(client1, server1, slow, 1))
	first, second := hold(by), hold(by)
	second.Firing++
	applied := make(chan error, 1)
	w.Await(first, func() { applied <- w.Apply(first) })
	start := time.Now()
	say(t, p.client, "hello")
	if err := <-applied; err != nil {
		t.Fatal(err)
	}
	now := false
	w.Await(second, func() { now = true; apply(t, w, second) })
	if !now {
		t.Error("a message that is on its way was not held at once")
	}
	prove(t, w, first)
	wantHeard(t, p.server, "hello")
	if took := time.Since(start); took < slow+2*by {
		t.Errorf("the message took %v, want at least %v", took, slow+2*by)
	}
}

func TestAwaitedMessageThatIsNotHeldGoesOn(t *testing.T) {
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	p := connect(t, lab, listen(t, lab, server1))
	came := make(chan struct{})
	w.Await(hold(time.Hour), func() { close(came) })
	say(t, p.client, "hello")
	<-came
	wantHeard(t, p.server, "hello")
}

func TestNothingOnItsWayCannotBeHeld(t *testing.T) {
	lab := newLab(t, client1, server1)
	connect(t, lab, listen(t, lab, server1))
	wantError(t, live.NewWorld(lab, nil).Apply(hold(time.Second)), "no message is on its way")
}

// A scenario's hold catches the client's next message, whenever the client sends it.
func TestScenarioHoldsTheNextMessage(t *testing.T) {
	const by = 200 * time.Millisecond
	lab := newLab(t, client1, server1)
	address, arrived := awaitWithdrawal(t, lab)
	startDuty(t, lab, client1, "talker", address)
	steps := []sim.Step{{When: sim.Trigger{Host: client1, Kind: sim.Acquired, Nth: 1}, Do: hold(by)}}
	steps[0].Do.For = by / 2
	events, err := live.NewWorld(lab, steps).Run(t.Context(), by, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-arrived; err != nil {
		t.Fatal(err)
	}
	var got []sim.Kind
	for _, e := range events {
		got = append(got, e.Kind)
	}
	want := []sim.Kind{sim.Acquired, sim.FaultApplied, sim.FaultProven, sim.FaultProven, sim.FaultUndone, sim.End}
	if !slices.Equal(got, want) {
		t.Errorf("events %v,\nwant   %v", got, want)
	}
}

// A lab that is reused starts without the messages of the previous trial: what was held does not
// arrive later.
func TestHealedLabHoldsNothing(t *testing.T) {
	lab := newLab(t, client1, server1)
	address, arrived := awaitWithdrawal(t, lab)
	startDuty(t, lab, client1, "talker", address)
	steps := []sim.Step{{When: sim.Trigger{Host: client1, Kind: sim.Acquired, Nth: 1}, Do: hold(time.Hour)}}
	w := live.NewWorld(lab, steps)
	events, err := w.Run(t.Context(), 200*time.Millisecond, nil)
	if err != nil {
		t.Fatal(err)
	}
	first(t, events, sim.FaultProven)
	select {
	case err := <-arrived:
		t.Fatalf("the message was not held: %v", err)
	default:
	}
	if err := w.Heal(); err != nil {
		t.Fatal(err)
	}
	if err := <-arrived; err == nil {
		t.Error("the message has arrived after the trial")
	}
}

// deadline bounds the wait for the end of a connection.
func deadline(c net.Conn) net.Conn {
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	return c
}

// awaitWithdrawal makes the server listen at an address for the talker's message.
func awaitWithdrawal(t *testing.T, lab *live.Lab) (address string, arrived <-chan error) {
	t.Helper()
	l := listen(t, lab, server1)
	done := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			defer c.Close()
			var all []byte
			if all, err = io.ReadAll(deadline(c)); err == nil && string(all) != "withdraw 10" {
				err = fmt.Errorf("heard %q", all)
			}
		}
		done <- err
	}()
	return l.Addr().String(), done
}

// talker sends something to the server at an address, once it has the lock.
func talker(h *live.Host, spec json.RawMessage) (err error) {
	var address string
	if err := json.Unmarshal(spec, &address); err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	h.Record(sim.Event{Kind: sim.Acquired})
	h.Outside(func() {
		var conn net.Conn
		if conn, err = net.DialTimeout("tcp", address, 10*time.Second); err == nil {
			_, err = io.WriteString(conn, "withdraw 10")
			err = errors.Join(err, conn.Close())
		}
	})
	return err
}
