package etcd

import (
	"time"

	"github.com/locklab/locklab/sim/virtual"
)

// How TCP finds out that the other end is gone.
const (
	firstResend   = 200 * time.Millisecond // what is not acknowledged is sent again, then after twice as long each time
	lastResend    = 120 * time.Second
	resendGivesUp = 924600 * time.Millisecond // Linux, tcp_retries2=15
	firstRedial   = time.Second               // tcp_syn_retries: an attempt to connect, in the same way
	lastRedial    = 16 * time.Second
	probeInterval = 75 * time.Second // Linux, tcp_keepalive_intvl; Go's is as long as its idle time
	probeCount    = 9                // Linux, tcp_keepalive_probes, and Go
)

// What goes over a connection besides requests and answers.
type (
	connect  struct{ Conn uint64 }
	accepted struct {
		Conn uint64
		Life int
	}
	// segment carries a request. The member has it once arrived is set, which stands for the
	// kernel's acknowledgement.
	segment struct {
		Conn, Call uint64
		Life       int // of the member that had accepted the connection
		Request    any
		arrived    bool
	}
	answer struct {
		Conn, Call uint64
		Answer     any
	}
	probe     struct{}              // a request of the kernel's: is anybody there?
	cancelled struct{}              // the caller waits no longer
	alive     struct{ Conn uint64 } // to a probe
	reset     struct{ Conn uint64 } // the member was switched off since, and knows nothing of the connection
)

// connection is a connection of TCP from a client to a member. A member that is switched off
// says nothing, and one that comes back knows nothing of it but does not say so before
// something arrives. So a dead connection is found when something is sent on it, and the
// member is up, or when the kernel looks after a long silence.
type connection struct {
	channel *channel
	member  *virtual.Host
	number  uint64
	life    int  // of the member
	up      bool // as far as the client knows
	calls   []*call
	unheard []*segment
	again   *virtual.Timer // sends again what is unheard; nil: there is nothing
	wait    time.Duration  // until then
	since   time.Duration  // the oldest of unheard was sent
	probing *virtual.Timer
	active  time.Duration // the last time at which anything came or went
	probes  int           // that were not answered
}

func (k *connection) now() time.Duration { return k.channel.host.Now() }

// dead tells what the client cannot know.
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

// send puts a request on its way, and sees to it that it is sent again when it is not heard.
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

// resend is called when the kernel would send again what was not acknowledged. As long as
// the connection lives, the world's network does so by itself.
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

// watchSilence has the kernel look after a long silence whether anybody is there (TCP
// keep-alive).
func (k *connection) watchSilence() {
	idle := k.channel.idle
	left := k.active + idle - k.now()
	switch {
	case k.probes >= probeCount:
		k.broken()
		return
	case left <= 0:
		k.probes++
		k.channel.host.Post(k.member.ID(), &segment{Conn: k.number, Life: k.life, Request: probe{}})
		left = min(idle, probeInterval)
	}
	k.probing = k.channel.host.After(left, k.watchSilence)
}

// broken ends a connection that was found dead, and with it all calls on it, and connects
// again.
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

// dial asks the member to accept a connection, again and again until it does.
func (k *connection) dial(number uint64, wait time.Duration) {
	if k.up || k.number != number {
		return
	}
	k.channel.host.HangUp(k.member.ID()) // a packet of its own each time, behind no other
	k.channel.host.Post(k.member.ID(), connect{Conn: number})
	k.channel.host.After(wait, func() { k.dial(number, min(2*wait, lastRedial)) })
}
