//go:build linux

package live_test

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// serverStays starts a process on the server's host that outlives the trial, as a lock service
// does.
func serverStays(t *testing.T, lab *live.Lab) {
	t.Helper()
	if _, err := lab.Agent(server1).Start("server", []string{"sleep", "1000"}); err != nil {
		t.Fatal(err)
	}
}

// What a client sent but what had not arrived by the end of its trial never arrives, whatever
// held it back, and although the server keeps running.
func TestNothingOfATrialArrivesAfterIt(t *testing.T) {
	oneWay := sim.Fault{Kind: sim.Partition, From: []sim.HostID{client1}, To: []sim.HostID{server1}, OneWay: true}
	for name, fault := range map[string]sim.Fault{
		"a cut":         clientCut,
		"a one-way cut": oneWay,
		"a slow link":   delay(client1, server1, 500*time.Millisecond, 0),
		"a lossy link":  {Kind: sim.Drop, From: []sim.HostID{client1}, To: []sim.HostID{server1}, Probability: 0.999, OneWay: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab, server := startLastWrite(t)
			serverStays(t, lab)
			if !lab.Agent(client1).CanDropConnections() {
				t.Skip("this kernel cannot end connections (CONFIG_INET_DIAG_DESTROY): the lab is not used again")
			}
			w := live.NewWorld(lab, []sim.Step{at0(fault)})
			play(t, w, 50*time.Millisecond, client1)
			if err := w.Heal(); err != nil {
				t.Fatal(err)
			}
			server.SetReadDeadline(time.Now().Add(1500 * time.Millisecond)) // the kernel resends within a second
			got, err := io.ReadAll(server)
			if len(got) > 0 {
				t.Errorf("after the trial the server heard %q", got)
			}
			if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the server has not noticed that the connection is over: %v", err)
			}
		})
	}
}

// A server's late answer does not reach anybody else, and its connection ends.
func TestAServersAnswerEndsWithItsTrial(t *testing.T) {
	lab := newLab(t, client1, server1)
	serverStays(t, lab)
	if !lab.Agent(client1).CanDropConnections() {
		t.Skip("this kernel cannot end connections (CONFIG_INET_DIAG_DESTROY): the lab is not used again")
	}
	l := listen(t, lab, server1)
	startDuty(t, lab, client1, "last-write", l.Addr().String())
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	w := live.NewWorld(lab, []sim.Step{at0(clientCut)})
	play(t, w, 50*time.Millisecond, client1)
	say(t, server, "answer")
	if err := w.Heal(); err != nil {
		t.Fatal(err)
	}
	server.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := server.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the server's end of the connection is still open: %v", err)
	}
	// Another client in the same place is served as if nobody had been there before.
	second := connect(t, lab, l)
	say(t, second.client, "hello")
	wantHeard(t, second.server, "hello")
	say(t, second.server, "you too")
	wantHeard(t, second.client, "you too")
}

// A lab in which a trial's client still runs must not be reused.
func TestHealRefusesWhileAClientHasNotEnded(t *testing.T) {
	lab := newLab(t, client1, server1)
	var l net.Listener = listen(t, lab, server1)
	startDuty(t, lab, client1, "last-write", l.Addr().String())
	if conn, err := l.Accept(); err != nil {
		t.Fatal(err)
	} else {
		defer conn.Close()
	}
	w := live.NewWorld(lab, []sim.Step{at(sim.Fault{Kind: sim.Pause, Host: client1})})
	play(t, w, 50*time.Millisecond, client1)
	wantError(t, w.Heal(), "still run")
}
