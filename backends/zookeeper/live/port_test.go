//go:build linux

package zookeeperlive

import (
	"errors"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/livetest"
	"golang.org/x/sys/unix"
)

// cable is a dialer whose connections can be made to lose what the client sends, as a partition
// does, and that makes no new ones while it is unplugged.
type cable struct{ mute, unplugged atomic.Bool }

func (c *cable) dial(network, address string, timeout time.Duration) (net.Conn, error) {
	for end := time.Now().Add(timeout); c.unplugged.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return nil, errors.New("unplugged")
		}
	}
	conn, err := net.DialTimeout(network, address, timeout)
	return cabled{conn, c}, err
}

type cabled struct {
	net.Conn
	cable *cable
}

func (c cabled) Write(b []byte) (int, error) {
	if c.cable.mute.Load() {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

func TestASessionEndsNoEarlierThanItsLengthAfterItsClientWasHeard(t *testing.T) { // Z3
	server := sharedServer(t)
	tick, _ := ticks(zookeeper.TimingOf(realSettings(t, "zookeeper")))
	log, w := newEnsembleLog(server.logs), &logRecorder{token: byCzxid}
	if err := w.takeIn(log); err != nil {
		t.Fatal(err)
	}
	var ended []sim.Event
	w.record = func(e sim.Event) {
		if e.Kind == sim.Expired {
			ended = append(ended, e)
		}
	}
	realtime.Run("client-1", func(h *realtime.Host) {
		line := &cable{}
		p := open(t, h, line.dial)
		defer p.close()
		own, err := p.Create(zookeeper.LockPath+"/a-", patience)
		if err != nil {
			t.Fatal(err)
		}
		h.Sleep(3 * realTTL / 2) // its pings keep it alive
		if err := w.takeIn(log); err != nil || len(ended) != 0 {
			t.Fatalf("the session of a client that can be heard has ended: %v, %v", ended, err)
		}
		line.mute.Store(true)
		line.unplugged.Store(true)
		heard := p.Session().Sent
		livetest.Eventually(t, "a session that is not heard of ends", func() bool {
			if err := w.takeIn(log); err != nil {
				t.Fatal(err)
			}
			return len(ended) > 0
		})
		after := h.Now() - heard
		if after < realTTL {
			t.Errorf("the session has ended %v after the client was heard, it is granted for %v", after, realTTL)
		}
		t.Logf("ended %v after the client was last known to be heard; a tick is %v", after, tick)
		if ended[0].Grant != own.Grant() {
			t.Errorf("%s has ended, expected %s", ended[0].Grant, own.Grant())
		}
		// The log has it a moment before the server's clients do.
		livetest.Eventually(t, "its znode is gone", func() bool { return len(server.children(t)) == 0 })
	})
}

func TestAClientThatIsNotHeardOfIsDisconnectedAndThenExpired(t *testing.T) { // Z2, Z5
	sharedServer(t)
	realtime.Run("client-1", func(h *realtime.Host) {
		line := &cable{}
		p := open(t, h, line.dial)
		defer p.close()
		before, heard := p.Session(), time.Duration(0)
		var news []zookeeper.SessionNews
		p.Listen(func(n zookeeper.SessionNews) {
			if n != zookeeper.Answered {
				news = append(news, n)
				heard = p.Session().Sent
			}
			if n == zookeeper.Disconnected && h.Now()-heard < 2*before.Timeout/3 {
				t.Errorf("disconnected %v after the latest request that was answered", h.Now()-heard)
			}
		})
		line.mute.Store(true)
		line.unplugged.Store(true)
		h.Sleep(2 * realTTL)
		if !slices.Equal(news, []zookeeper.SessionNews{zookeeper.Disconnected}) || p.Session().ID != before.ID {
			t.Errorf("a client that reaches nobody was told %q: only a server can say that its session has expired", news)
		}
		line.mute.Store(false)
		line.unplugged.Store(false)
		for end := h.Now() + patience; h.Now() < end && !(p.Session().Connected && len(news) > 1); {
			h.Sleep(time.Millisecond)
		}
		if now := p.Session(); !slices.Equal(news, []zookeeper.SessionNews{zookeeper.Disconnected, zookeeper.Expired}) || now.ID == before.ID || now.ID == 0 {
			t.Errorf("told %q, session %#x after %#x; expected a new session after its end", news, now.ID, before.ID)
		}
	})
}

func TestAcquireSentIsRecordedWhenTheServerHasTheRequestAndTheClientNoAnswer(t *testing.T) {
	createOverAPause(t, realTTL/3, func(own zookeeper.Node, err error, path string) bool {
		return err == nil && own.Czxid != 0 && strings.HasSuffix(own.Path, path) // the answer that lay ready
	})
}

// The library checks its clock before it reads what has come while it was stopped.
func TestAnAnswerIsNotReadAfterTwoThirdsOfTheSession(t *testing.T) {
	createOverAPause(t, realTTL, func(_ zookeeper.Node, err error, _ string) bool { return errors.Is(err, zookeeper.ErrConnectionLost) })
}

// createOverAPause creates a znode, and stops once the request has been sent.
func createOverAPause(t *testing.T, pause time.Duration, good func(own zookeeper.Node, err error, path string) bool) {
	server := sharedServer(t)
	realtime.Run("client-1", func(h *realtime.Host) {
		p := open(t, h, net.DialTimeout)
		defer p.close()
		var answered bool
		recorded, before := 0, p.Session().Sent
		h.OnRecord = func(e sim.Event) {
			recorded++
			if e.Kind != sim.AcquireSent || answered {
				t.Errorf("recorded %+v, answered before it: %t", e, answered)
			}
			livetest.Eventually(t, "the server has the request", func() bool { return len(server.children(t)) == 1 })
			time.Sleep(pause)
			if p.Session().Sent != before {
				t.Error("an answer was read before the event was recorded")
			}
		}
		own, err := p.Create(zookeeper.LockPath+"/a-", realTTL/4)
		answered = true
		if path := server.children(t)[0]; recorded != 1 || !good(own, err, path) {
			t.Errorf("stopped for %v: Create of %s = %+v, %v with %d events", pause, path, own, err, recorded)
		}
	})
}

func TestACreateThatWasGivenUpBeforeItCouldBeSentIsNotSentLater(t *testing.T) {
	server := sharedServer(t)
	realtime.Run("client-1", func(h *realtime.Host) {
		line := &cable{}
		twice := append(sharedAddress(), sharedAddress()...) // a client that has tried all servers drops what waits
		p, err := connect(h, twice, realSettings(t, "zookeeper"), false, line.dial)
		if err != nil {
			t.Fatal(err)
		}
		defer p.close()
		line.mute.Store(true)
		line.unplugged.Store(true)
		for p.Session().Connected {
			h.Sleep(time.Millisecond)
		}
		if own, err := p.Create(zookeeper.LockPath+"/late-", 20*time.Millisecond); !errors.Is(err, sim.ErrUnknown) {
			t.Fatalf("Create without a connection = %+v, %v", own, err)
		}
		if len(h.Events()) != 0 {
			t.Errorf("recorded %+v although nothing was sent", h.Events())
		}
		line.mute.Store(false)
		line.unplugged.Store(false)
		if err := p.Sync(patience); err != nil { // the library sends one after the other
			t.Fatal(err)
		}
		if left := server.children(t); len(left) != 0 {
			t.Errorf("sent after its caller had gone: %q", left)
		}
	})
}

func TestARequestToAStoppedServerMayStillBeCarriedOut(t *testing.T) {
	server := sharedServer(t)
	realtime.Run("client-1", func(h *realtime.Host) {
		p := open(t, h, net.DialTimeout)
		defer p.close()
		livetest.Stop(t, server.process)
		defer server.process.Signal(unix.SIGCONT)
		own, err := p.Create(zookeeper.LockPath+"/a-", 30*time.Millisecond)
		if !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("Create at a stopped server = %+v, %v; expected sim.ErrUnknown", own, err)
		}
		livetest.Continue(t, server.process)
		livetest.Eventually(t, "the server carries the request out", func() bool { return len(server.children(t)) == 1 })
	})
}

func TestAWatchFiresWhenTheZnodeGoesAndNotBefore(t *testing.T) {
	sharedServer(t)
	realtime.Run("client-1", func(h *realtime.Host) {
		p, other := open(t, h, net.DialTimeout), open(t, h, net.DialTimeout)
		defer p.close()
		own, err := other.Create(zookeeper.LockPath+"/a-", patience)
		if err != nil {
			t.Fatal(err)
		}
		watch, exists, err := p.Exists(own.Path, patience)
		if err != nil || !exists {
			t.Fatalf("Exists = %t, %v", exists, err)
		}
		if gone, err := watch.Wait(20 * time.Millisecond); gone || err != nil {
			t.Errorf("the znode is there, and Wait = %t, %v", gone, err)
		}
		other.close()
		if gone, err := watch.Wait(patience); !gone || err != nil {
			t.Errorf("the znode is gone with its session, and Wait = %t, %v", gone, err)
		}
		if _, exists, err := p.Exists(own.Path, patience); exists || err != nil {
			t.Errorf("Exists afterwards = %t, %v", exists, err)
		}
	})
}
