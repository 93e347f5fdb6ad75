//go:build linux

package live_test

import (
	"encoding/json"
	"io"
	"net"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// lastWrite is a part: it writes one line, says so, and waits for its end.
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

// startLastWrite has a client connected to the server, and gives the server's end.
func startLastWrite(t *testing.T) (*live.Lab, net.Conn) {
	t.Helper()
	lab := newLab(t, client1, server1)
	l := listen(t, lab, server1)
	startRole(t, lab, client1, "last-write", l.Addr().String())
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return lab, conn
}

// What has left a host arrives, however the host fares.
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

// What is lost on its way nobody sends again when the machine that has sent it was off.
func TestLostWriteOfACrashedHostIsNotSentAgain(t *testing.T) {
	lab, server := startLastWrite(t)
	if !lab.Agent(client1).CanDropConnections() {
		t.Skip("this kernel cannot end connections of dead processes (CONFIG_INET_DIAG_DESTROY)")
	}
	// The cut ends while the trial goes on, so that only the crash can have lost the write.
	cut := sim.Fault{Kind: sim.Partition, From: []sim.HostID{client1}, To: []sim.HostID{server1}, OneWay: true, For: 200 * time.Millisecond}
	w := live.NewWorld(lab, []sim.Step{at0(cut), at(sim.Fault{Kind: sim.Crash, Host: client1, For: 50 * time.Millisecond})})
	play(t, w, 1500*time.Millisecond, client1) // the longest wait of the kernel is one second
	wantSilence(t, server, time.Millisecond)
}
