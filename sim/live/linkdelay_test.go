//go:build linux

package live_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

func delay(from, to sim.HostID, by time.Duration, firing int64) sim.Fault {
	return sim.Fault{Kind: sim.Delay, From: []sim.HostID{from}, To: []sim.HostID{to}, By: by, Firing: firing}
}

func TestDelayShowsInTheRoundTrip(t *testing.T) {
	const each = 25 * time.Millisecond
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	p := connect(t, lab, listen(t, lab, server1))
	roundTrip := func() time.Duration {
		start := time.Now()
		say(t, p.client, "ping")
		wantHeard(t, p.server, "ping")
		say(t, p.server, "pong")
		wantHeard(t, p.client, "pong")
		return time.Since(start)
	}
	there, back := delay(client1, server1, each, 1), delay(server1, client1, each, 2)
	apply(t, w, there)
	if took := roundTrip(); took < each {
		t.Errorf("a round trip took %v, want at least %v", took, each)
	}
	apply(t, w, back)
	if took := roundTrip(); took < 2*each {
		t.Errorf("a round trip took %v, want at least %v", took, 2*each)
	}
	prove(t, w, there) // this looks at the frames of the first probe again
	undo(t, w, there)
	prove(t, w, back)
	undo(t, w, back)
	// Only the fastest round trip matters: any of them may be late on a busy machine.
	eventually(t, "the delay is over", func() bool { return roundTrip() < each })
}

// What was sent first arrives first even if the delay ends in between.
func TestDelayKeepsTheOrder(t *testing.T) {
	const each = 20
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	out, in := datagrams(t, lab)
	b := make([]byte, 8)
	in.SetReadDeadline(time.Now().Add(10 * time.Second))
	slow := delay(client1, server1, 100*time.Millisecond, 1)
	for i := range 3 * each {
		switch i {
		case each:
			apply(t, w, slow)
		case 2 * each:
			undo(t, w, slow)
		}
		if _, err := out.Write([]byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 * each {
		if _, _, err := in.ReadFrom(b); err != nil || int(b[0]) != i {
			t.Fatalf("packet %d came in place of %d, %v", b[0], i, err)
		}
	}
}

func TestLossIsRandomAndTCPMakesUpForIt(t *testing.T) {
	const packets, p = 200, 0.3 // few enough for a socket's buffer
	lab := newLab(t, client1, server1)
	w := live.NewWorld(lab, nil)
	conn := connect(t, lab, listen(t, lab, server1))
	lossy := sim.Fault{Kind: sim.Drop, From: []sim.HostID{client1}, To: []sim.HostID{server1}, Probability: p, Firing: 1}
	apply(t, w, lossy)
	if got := countDatagrams(t, lab, packets); got < packets/2 || got > packets*9/10 {
		t.Errorf("of %d packets %d arrived, with a loss of %g", packets, got, p)
	}
	say(t, conn.client, strings.Repeat("x", 20_000))
	wantHeard(t, conn.server, strings.Repeat("x", 20_000))
	undo(t, w, lossy)
	lossy.Probability = 1
	apply(t, w, lossy)
	if got := countDatagrams(t, lab, packets); got != 0 {
		t.Errorf("of %d packets %d arrived on a link that loses all", packets, got)
	}
	undo(t, w, lossy)
	if got := countDatagrams(t, lab, packets); got != packets {
		t.Errorf("of %d packets %d arrived on a sound link", packets, got)
	}
	lossy.Probability = 1e-6
	wantError(t, w.Apply(lossy), "too rare")
}

// datagrams returns the two ends of a path for UDP packets from the client to the server.
func datagrams(t *testing.T, lab *live.Lab) (out net.Conn, in net.PacketConn) {
	t.Helper()
	a := lab.Agent(server1)
	err := a.In(func() (err error) { in, err = net.ListenPacket("udp", a.Address()+":0"); return err })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	if out, err = lab.Agent(client1).Dial(t.Context(), "udp", in.LocalAddr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	return out, in
}

// countDatagrams sends UDP packets from the client to the server and counts those that arrive.
func countDatagrams(t *testing.T, lab *live.Lab, n int) (arrived int) {
	t.Helper()
	out, in := datagrams(t, lab)
	b := make([]byte, 8)
	for range n {
		if _, err := out.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	for {
		in.SetReadDeadline(time.Now().Add(200 * time.Millisecond)) // far longer than one takes
		if _, _, err := in.ReadFrom(b); err != nil {
			return arrived
		}
		arrived++
	}
}
