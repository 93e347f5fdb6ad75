//go:build linux

package network_test

import (
	"bufio"
	"io"
	"net"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/network"
)

const setCommand = "*6\r\n$3\r\nset\r\n$4\r\nlock\r\n$2\r\nme\r\n$2\r\npx\r\n$5\r\n10000\r\n$2\r\nnx\r\n"

// redisLike connects client-1 to a server that answers every command with OK.
func (b *bench) redisLike(t *testing.T) net.Conn {
	t.Helper()
	l := b.listen(t, server1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		command := make([]byte, len(setCommand))
		for {
			if _, err := io.ReadFull(c, command); err != nil {
				return
			}
			if _, err := io.WriteString(c, "+OK\r\n"); err != nil {
				return
			}
		}
	}()
	c, err := b.dial(t.Context(), client1, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// readers find words for what crosses the connection of redisLike.
var readers = []network.Reader{func(head []byte) (string, bool) {
	if string(head) == setCommand {
		return "set", true
	}
	return "OK", string(head) == "+OK\r\n"
}}

// startRecording makes the switch record what its hosts send to each other. The returned function
// gives what they have sent so far.
func (b *bench) startRecording() (recorded func() []sim.Message) {
	zero := clock.Now()
	b.StartRecording(sim.MaxMessages)
	return func() []sim.Message { return b.Recorded(zero, readers) }
}

// set sends the command and waits for its answer.
func set(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := io.WriteString(c, setCommand); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(giveUp)); err != nil {
		t.Fatal(err)
	}
	if answer, err := bufio.NewReader(c).ReadString('\n'); err != nil || answer != "+OK\r\n" {
		t.Fatalf("the answer is %q, %v", answer, err)
	}
}

func TestTheSwitchRecordsARequestAndItsAnswer(t *testing.T) {
	b := connected(t, client1, server1)
	c := b.redisLike(t)
	recorded := b.startRecording()
	set(t, c)
	got := recorded()
	if len(got) != 2 {
		t.Fatalf("recorded: %+v", got)
	}
	for i, want := range []sim.Message{
		{Number: 1, From: client1, To: server1, Fate: sim.Arrived, What: "set"},
		{Number: 2, From: server1, To: client1, Fate: sim.Arrived, What: "OK"},
	} {
		m := got[i]
		if m.Sent <= 0 || m.Arrived < m.Sent {
			t.Errorf("message %d was sent at %v and arrived at %v", i+1, m.Sent, m.Arrived)
		}
		m.Sent, m.Arrived = 0, 0
		if m != want {
			t.Errorf("message %d is %+v, want %+v", i+1, m, want)
		}
	}
	if got[1].Sent < got[0].Arrived {
		t.Errorf("the answer was sent at %v, before the request arrived at %v", got[1].Sent, got[0].Arrived)
	}
}

func TestTheSwitchRecordsWhatACutLosesAndWhatTCPSendsAgain(t *testing.T) {
	b := connected(t, client1, server1)
	c := b.redisLike(t)
	recorded := b.startRecording()
	set(t, c)
	cut := b.Partition(b.links(client1, server1))
	if _, err := io.WriteString(c, setCommand); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(giveUp)
	for { // until TCP has tried again, in vain
		all := recorded()
		if len(all) == 3 && all[2].Resent > 0 {
			if m := all[2]; m.Fate != sim.UnderWay || m.Lost < m.Sent || m.Again <= m.Lost || m.Arrived != 0 {
				t.Fatalf("in the cut: %+v", m)
			}
			break
		}
		if time.Now().After(deadline) || len(all) > 3 {
			t.Fatalf("in the cut: %+v", all)
		}
		time.Sleep(time.Millisecond)
	}
	if _, err := cut.Undo(); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(deadline); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(c).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	all := recorded()
	if len(all) != 4 || all[2].Fate != sim.Arrived || all[2].Arrived < all[2].Again || all[2].Lost == 0 || all[3].What != "OK" {
		t.Errorf("after it: %+v", all)
	}
}

func TestTheSwitchStopsRecordingWhenThereIsTooMuch(t *testing.T) {
	b := connected(t, client1, server1)
	c := b.redisLike(t)
	recorded := b.startRecording()
	b.RecordAtMost(3)
	for range 4 {
		set(t, c)
	}
	all := recorded()
	if len(all) != 4 || all[2].Fate != sim.Arrived || all[3].Fate != sim.Unrecorded || all[3].Sent < all[2].Sent || all[3].Number != 4 {
		t.Errorf("recorded: %+v", all)
	}
}

func TestWordsForWhatIsOnTheWire(t *testing.T) {
	starts := func(with byte, words string) network.Reader {
		return func(head []byte) (string, bool) { return words, head[0] == with }
	}
	readers := []network.Reader{starts('+', "first"), starts('+', "second"), starts('*', "command")}
	for text, want := range map[string]string{
		"+OK":  "first",
		"*1":   "command",
		"PING": "4 bytes",
		"P":    "1 byte",
		"":     "0 bytes",
	} {
		if got := network.WordsFor(readers, text); got != want {
			t.Errorf("words for %q: %q, want %q", text, got, want)
		}
	}
}
