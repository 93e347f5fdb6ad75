//go:build linux

package live_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// link tests have a client that talks to a server.
const (
	client1 sim.HostID = "client-1"
	server1 sim.HostID = "server-1"
)

var (
	clientCut  = sim.Fault{Kind: sim.Partition, Groups: [][]sim.HostID{{client1}, {server1}}, Firing: 1}
	deafServer = sim.Fault{Kind: sim.Partition, From: []sim.HostID{client1}, To: []sim.HostID{server1}, OneWay: true, Firing: 2}
)

// apply applies a fault and proves it.
func apply(t *testing.T, w *live.World, f sim.Fault) {
	t.Helper()
	if err := w.Apply(f); err != nil {
		t.Fatal(err)
	}
	prove(t, w, f)
}

func prove(t *testing.T, w *live.World, f sim.Fault) {
	t.Helper()
	if err := w.Probe(f); err != nil {
		t.Fatal(err)
	}
}

func undo(t *testing.T, w *live.World, f sim.Fault) {
	t.Helper()
	if err := w.Undo(f); err != nil {
		t.Fatal(err)
	}
}

// pair is a connection between two hosts, seen from both ends.
type pair struct{ client, server net.Conn }

// listen listens on a host.
func listen(t testing.TB, lab *live.Lab, host sim.HostID) (l net.Listener) {
	t.Helper()
	a := lab.Agent(host)
	if err := a.In(func() (err error) { l, err = net.Listen("tcp", a.Address()+":0"); return err }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// connect opens a connection from the client to the server.
func connect(t testing.TB, lab *live.Lab, l net.Listener) pair {
	t.Helper()
	conn, err := lab.Agent(client1).Dial(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	return pair{conn, peer}
}

func say(t testing.TB, c net.Conn, what string) {
	t.Helper()
	if _, err := io.WriteString(c, what); err != nil {
		t.Fatal(err)
	}
}

// wantHeard waits until these words come in.
func wantHeard(t testing.TB, c net.Conn, want string) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("heard %q, %v, want %q", got[:n], err, want)
	}
}

// wantSilence looks for a while whether something comes in.
func wantSilence(t testing.TB, c net.Conn, while time.Duration) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(while))
	b := make([]byte, 1)
	if n, err := c.Read(b); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("heard %q, %v, want nothing", b[:n], err)
	}
}

func TestCutStallsAnOpenConnectionAndTheMessageArrivesLate(t *testing.T) {
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	p := connect(t, lab, listen(t, lab, server1))
	say(t, p.client, "before")
	wantHeard(t, p.server, "before")
	apply(t, w, clientCut)
	say(t, p.client, "during")
	say(t, p.server, "answer")
	wantSilence(t, p.server, 300*time.Millisecond)
	wantSilence(t, p.client, time.Millisecond)
	prove(t, w, clientCut)
	undo(t, w, clientCut)
	wantHeard(t, p.server, "during")
	wantHeard(t, p.client, "answer")
}

// The hosts have never talked before: still nothing may tell that the other is not there.
func TestConnectionAttemptAcrossACutTimesOut(t *testing.T) {
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	l := listen(t, lab, server1)
	apply(t, w, clientCut)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	conn, err := lab.Agent(client1).Dial(ctx, "tcp", l.Addr().String())
	if err == nil {
		conn.Close()
		t.Fatal("a connection was made across a cut")
	}
	var failure net.Error
	if !errors.As(err, &failure) || !failure.Timeout() {
		t.Errorf("the attempt failed with %v, want a time-out", err)
	}
	undo(t, w, clientCut)
	connect(t, lab, l)
}

func TestServerThatIsDeafOneWayCanStillTalk(t *testing.T) {
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	p := connect(t, lab, listen(t, lab, server1))
	apply(t, w, deafServer)
	say(t, p.client, "to the deaf")
	say(t, p.server, "from the deaf")
	wantHeard(t, p.client, "from the deaf")
	wantSilence(t, p.server, 100*time.Millisecond)
	undo(t, w, deafServer)
	wantHeard(t, p.server, "to the deaf")
}

func TestLinkThatIsCutTwiceIsMendedTwice(t *testing.T) {
	lab := newLab(t, client1, server1, "bystander")
	w := live.NewWorld(lab, nil)
	p := connect(t, lab, listen(t, lab, server1))
	apply(t, w, clientCut)
	apply(t, w, deafServer)
	undo(t, w, clientCut)
	prove(t, w, deafServer)
	say(t, p.client, "late")
	wantSilence(t, p.server, 100*time.Millisecond)
	undo(t, w, deafServer)
	wantHeard(t, p.server, "late")
	if _, err := lab.Agent(client1).Dial(t.Context(), "tcp", lab.Address("bystander")+":1"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a host that nobody was parted from says %v, want %v", err, syscall.ECONNREFUSED)
	}
}

// A program that gives up and closes its connection does not take back what it has sent:
// its kernel goes on sending. The cut is longer than the kernel's longest wait, after which
// it would give up at once if it had not been told otherwise.
func TestWriteOfAClientThatHasHungUpArrivesAfterTheCut(t *testing.T) {
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	p := connect(t, lab, listen(t, lab, server1))
	apply(t, w, clientCut)
	say(t, p.client, "stale write")
	p.client.Close()
	wantSilence(t, p.server, 4*time.Second)
	undo(t, w, clientCut)
	wantHeard(t, p.server, "stale write")
}

// A cut loses what is under way on a slow link, too.
func TestMessageUnderWayMeetsTheCut(t *testing.T) {
	const slow = 100 * time.Millisecond
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	p := connect(t, lab, listen(t, lab, server1))
	apply(t, w, delay(client1, server1, slow, 1))
	underWay := make(chan struct{})
	w.Await(hold(0), func() { close(underWay) })
	say(t, p.client, "hello")
	<-underWay
	apply(t, w, clientCut)
	wantSilence(t, p.server, 3*slow)
	undo(t, w, clientCut)
	wantHeard(t, p.server, "hello")
}

// The first probe sees at once that what it has sent is to arrive too early.
func TestDelayThatIsTooShortIsNotProven(t *testing.T) {
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	slow := delay(client1, server1, 2*time.Hour, 1)
	if err := w.Apply(slow); err != nil {
		t.Fatal(err)
	}
	if err := lab.Hasten(client1, server1, time.Hour); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.Probe(slow), "expected at least 2h0m0s", string(client1), string(server1))
}

func TestLinkFaultOnAHostThatIsNotThereIsRefused(t *testing.T) {
	lab := newLab(t, client1)
	w := live.NewWorld(lab, nil)
	wantError(t, w.Apply(deafServer), "no host server-1")
	wantError(t, w.Apply(sim.Fault{Kind: sim.Partition, From: []sim.HostID{client1}, To: []sim.HostID{client1}}), "no link")
}

func TestTwentyHostsReachEachOther(t *testing.T) {
	var hosts []sim.HostID
	for i := range 20 {
		hosts = append(hosts, sim.HostID(fmt.Sprint("host-", i)))
	}
	lab := newLab(t, hosts...)
	for _, from := range hosts {
		for _, to := range hosts {
			_, err := lab.Agent(from).Dial(t.Context(), "tcp", lab.Address(to)+":1")
			if !errors.Is(err, syscall.ECONNREFUSED) { // by the other's kernel, so it was there
				t.Fatalf("from %s to %s: %v", from, to, err)
			}
		}
	}
	w := live.NewWorld(lab, nil)
	halves := sim.Fault{Kind: sim.Partition, Groups: [][]sim.HostID{hosts[:10], hosts[10:]}}
	apply(t, w, halves)
	undo(t, w, halves)
}

func TestClosedLabLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	p := connect(t, lab, listen(t, lab, server1))
	apply(t, w, delay(server1, client1, time.Hour, 1))
	w.Await(hold(time.Hour), func() { t.Error("there is no message to hold") })
	say(t, p.server, "on its way for ever")
	if runtime.NumGoroutine() == before {
		t.Fatal("nobody moves the frames")
	}
	if err := lab.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "every goroutine ends", func() bool { return runtime.NumGoroutine() <= before })
	wantError(t, w.Apply(clientCut), "closed")
}
