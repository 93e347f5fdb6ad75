//go:build linux

package live_test

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

// lastWrite is a duty that writes one line, reports it, and waits for its end.
func lastWrite(h *live.Host, spec json.RawMessage) error {
	var address string
	if err := json.Unmarshal(spec, &address); err != nil {
		return err
	}
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	if _, err := io.WriteString(conn, "withdraw 10"); err != nil {
		return err
	}
	h.Record(sim.Event{Kind: sim.Acquired})
	stopped := h.Stopped()
	h.Outside(func() { <-stopped })
	return conn.Close()
}

// startLastWrite connects a client to the server and returns the server's end.
func startLastWrite(t *testing.T) (*live.Lab, net.Conn) {
	t.Helper()
	lab := newLab(t, client1, server1)
	l := listen(t, lab, server1)
	startDuty(t, lab, client1, "last-write", l.Addr().String())
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return lab, conn
}

// What a host has sent arrives, whatever happens to the host.
func TestWriteThatIsOnItsWayArrivesAfterItsSenderHasCrashed(t *testing.T) {
	const slow = 300 * time.Millisecond
	lab, server := startLastWrite(t)
	w := live.NewWorld(lab, []sim.Step{
		at0(delay(client1, server1, slow, 0)),
		at(sim.Fault{Kind: sim.Crash, Host: client1}),
	})
	play(t, w, 2*slow, client1)
	wantHeard(t, server, "withdraw 10")
}

// What is lost on its way is not resent if the sending machine was switched off.
func TestLostWriteOfACrashedHostIsNotSentAgain(t *testing.T) {
	lab, server := startLastWrite(t)
	needDrop(t, lab)
	// The cut ends during the trial, so only the crash can have lost the write.
	cut := sim.Fault{Kind: sim.Partition, From: []sim.HostID{client1}, To: []sim.HostID{server1}, OneWay: true, For: 200 * time.Millisecond}
	w := live.NewWorld(lab, []sim.Step{at0(cut), at(sim.Fault{Kind: sim.Crash, Host: client1, For: 50 * time.Millisecond})})
	play(t, w, 1500*time.Millisecond, client1) // the longest wait of the kernel is one second
	wantSilence(t, server, time.Millisecond)
}

// needDrop requires a kernel that can end connections on request.
func needDrop(t *testing.T, lab *live.Lab) {
	t.Helper()
	if !lab.Agent(client1).CanDropConnections() {
		livetest.NeedAll(t, errors.New("this kernel cannot end connections of dead processes (CONFIG_INET_DIAG_DESTROY)"))
	}
}
