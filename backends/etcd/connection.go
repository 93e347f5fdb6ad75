package etcd

import (
	"time"

	"github.com/locklab/locklab/sim/virtual"
)

// How TCP finds out that the other end is gone.
const (
	firstResend   = 200 * time.Millisecond // unacknowledged data is sent again, then after twice as long each time
	lastResend    = 120 * time.Second
	resendGivesUp = 924600 * time.Millisecond // Linux, tcp_retries2=15
	firstRedial   = time.Second               // tcp_syn_retries: an attempt to connect, repeated in the same way
	lastRedial    = 16 * time.Second
)

// How the kernel probes a silent connection.
const (
	ProbeInterval = 75 * time.Second // Linux, tcp_keepalive_intvl; Go's is as long as its idle time
	ProbeCount    = 9                // Linux, tcp_keepalive_probes, and Go
)

// What a connection carries besides requests and answers.
type (
	connect  struct{ Conn uint64 }
	accepted struct {
		Conn uint64
		Life int
	}
	// segment carries a request. Once arrived is set the member has it; that stands for the
	// kernel's acknowledgement.
	segment struct {
		Conn, Call uint64
		Life       int // of the member when it accepted the connection
		Request    any
		arrived    bool
	}
	answer struct {
		Conn, Call uint64
		Answer     any
	}
	probe     struct{}              // a keep-alive probe of the kernel
	cancelled struct{}              // the caller no longer waits
	alive     struct{ Conn uint64 } // the answer to a probe
	reset     struct{ Conn uint64 } // the member was switched off since, and does not know the connection
)

// connection is a TCP connection from a client to a member. A member that is switched off says
// nothing. One that comes back does not know the connection, but only says so when something
// arrives. So a dead connection is found when something is sent on it while the member is up, or
// when the kernel probes after a long silence.
type connection struct {
	channel *channel
	member  *virtual.Host
	number  uint64
	life    int  // of the member
	up      bool // as far as the client knows
	calls   []*call
	unheard []*segment
	again   *virtual.Timer // sends the unheard again; nil if there is nothing
	wait    time.Duration  // until then
	since   time.Duration  // when the oldest of unheard was sent
	probing *virtual.Timer
	active  time.Duration // when anything was last sent or received
	probes  int           // that were not answered
}

func (k *connection) now() time.Duration { return k.channel.host.Now() }

// dead reports what the client cannot know.
func (k *connection) dead() bool { return k.member.Down() || k.member.Life() != k.life }

// stand begins the life of a connection.
func (k *connection) stand(number uint64, life int) {
	c := k.channel
	k.number, k.life, k.up = number, life, true
	k.heard()
	k.watchSilence()
	c.arrange()
	c.changed.Fire()
	c.changed = c.host.NewSignal()
}

func (k *connection) heard() { k.active, k.probes = k.now(), 0 }

// send sends a request, and arranges for it to be sent again if it is not heard.
func (k *connection) send(call uint64, request any) {
	s := &segment{Conn: k.number, Call: call, Life: k.life, Request: request}
	k.unheard = append(k.unheard, s)
	k.active = k.now()
	k.channel.host.Post(k.member.ID(), s)
	if k.again == nil {
		k.since, k.wait = k.now(), firstResend
		k.again = k.channel.host.After(k.wait, k.resend)
	}
}

// resend is called when the kernel would retransmit unacknowledged data. As long as the connection
// lives, the world's network does that by itself.
func (k *connection) resend() {
	k.again = nil
	heard := true
	for _, s := range k.unheard {
		heard = heard && s.arrived
	}
	switch {
	case heard:
		k.unheard = nil
		return
	case k.now()-k.since >= resendGivesUp:
		k.broken()
		return
	case k.dead():
		k.channel.host.Post(k.member.ID(), &segment{Conn: k.number, Life: k.life, Request: probe{}})
	}
	k.wait = min(2*k.wait, lastResend)
	k.again = k.channel.host.After(k.wait, k.resend)
}

// watchSilence makes the kernel probe the connection after a long silence (TCP keep-alive).
func (k *connection) watchSilence() {
	idle := k.channel.idle
	left := k.active + idle - k.now()
	switch {
	case k.probes >= ProbeCount:
		k.broken()
		return
	case left <= 0:
		k.probes++
		k.channel.host.Post(k.member.ID(), &segment{Conn: k.number, Life: k.life, Request: probe{}})
		left = min(idle, ProbeInterval)
	}
	k.probing = k.channel.host.After(left, k.watchSilence)
}

// broken ends a connection that was found dead, together with all calls on it, and connects again.
func (k *connection) broken() {
	k.up = false
	k.probing.Stop()
	if k.again != nil {
		k.again.Stop()
	}
	k.again, k.unheard = nil, nil
	k.number = k.channel.number()
	calls := k.calls
	k.calls = nil
	k.channel.arrange()
	for _, c := range calls {
		c.done(nil, errBroken)
	}
	k.dial(k.number, firstRedial)
}

// dial asks the member to accept a connection, repeatedly until it does.
func (k *connection) dial(number uint64, wait time.Duration) {
	if k.up || k.number != number {
		return
	}
	k.channel.host.HangUp(k.member.ID()) // a separate packet each time, queued behind no other
	k.channel.host.Post(k.member.ID(), connect{Conn: number})
	k.channel.host.After(wait, func() { k.dial(number, min(2*wait, lastRedial)) })
}
