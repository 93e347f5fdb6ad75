package etcd

import (
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// How the client library keeps leases alive (client/v3, lease.go).
const (
	renewScan     = 500 * time.Millisecond // retryConnWait: how often it looks for leases to renew
	retryWait     = 500 * time.Millisecond // also retryConnWait: the wait before a stream that ended is opened again
	deadlinePoll  = time.Second            // deadlineLoop: how often deadlines are compared with the clock
	firstDeadline = 5 * time.Second        // defaultTTL: the assumed length of a lease until the first answer
)

// keeper keeps the leases of one client alive (client/v3, lease.go: lessor). They all share one
// stream and its loops, which start with the first lease and do not end.
type keeper struct {
	host     sim.Host
	port     Port
	scan     time.Duration // 0 means to renew each lease when it is due
	once     bool          // each keep-alive has a stream of its own
	fromSend bool          // deadlines count from before each request
	sessions []*Session    // in the order in which they were opened
	running  bool
	poll     time.Duration // when deadlines are checked next
	wake     sim.Signal    // wakes the sending loop early
	begun    sim.Signal    // fires when the first keep-alives have been sent
}

// keep keeps a session's lease alive from now on (KeepAlive). The library runs the loop that opens
// the stream on its own goroutine, so the scheduler decides whether the first keep-alive is sent
// before or after the caller's next request. Here that is drawn.
func (k *keeper) keep(s *Session) {
	s.next = k.host.Now()
	if !k.fromSend {
		s.deadline = s.next + firstDeadline
	}
	k.sessions = append(k.sessions, s)
	if k.running {
		if k.scan == 0 {
			k.wake.Fire()
		}
		return
	}
	k.running = true
	k.wake = k.host.NewSignal()
	k.poll = s.next + deadlinePoll
	k.host.Go("deadlines", func(sim.Host) { k.watchDeadlines() })
	k.begun = k.host.NewSignal()
	if k.once {
		k.host.Go("keep-alive", func(sim.Host) { k.renewAlone() })
	} else {
		k.host.Go("keep-alive", func(sim.Host) { k.receive() })
	}
	if k.host.Uint64()%2 == 0 {
		k.begun.Wait(retryWait)
	}
}

// renewAlone sends each keep-alive on its own stream, like a client that renews its lease itself
// (KeepAliveOnce). So after one without an answer the next goes to the next member.
func (k *keeper) renewAlone() {
	for {
		now := k.host.Now()
		for _, s := range slices.Clone(k.sessions) {
			if s.next > now {
				continue
			}
			stream, err := k.port.KeepAlives()
			if err != nil {
				return
			}
			stream.Send(s.lease)
			s.next = max(s.next, now+k.retryAlone())
			k.host.Go("keep-alive-once", func(sim.Host) {
				if a, err := stream.Receive(); err == nil {
					k.answered(a)
				}
				stream.Close()
			})
		}
		k.begun.Fire()
		k.wake = k.host.NewSignal()
		k.wake.Wait(k.untilNext())
	}
}

// retryAlone returns how soon a keep-alive with its own stream is followed by another one.
func (k *keeper) retryAlone() time.Duration {
	if k.scan > 0 {
		return 0 // at the next scan
	}
	return retryWait
}

// drop stops keeping a lease alive.
func (k *keeper) drop(s *Session) {
	k.sessions = slices.DeleteFunc(k.sessions, func(other *Session) bool { return other == s })
}

// receive reads answers (recvKeepAliveLoop). When the stream ends it waits and opens another one,
// until the port is closed.
func (k *keeper) receive() {
	for {
		stream, err := k.port.KeepAlives()
		if err != nil {
			return
		}
		k.host.Go("keep-alive-send", func(sim.Host) { k.send(stream) })
		answer, err := stream.Receive()
		for ; err == nil; answer, err = stream.Receive() {
			k.answered(answer)
		}
		k.wake.Fire()
		k.host.Sleep(retryWait)
	}
}

// send asks for the renewal of all leases that are due, and checks again after a while
// (sendKeepAliveLoop). A lease without an answer stays due. So a lease of 2 s, due after two thirds
// of a second, is renewed once a second.
func (k *keeper) send(stream KeepAlives) {
	for !stream.Over().Wait(0) {
		now := k.host.Now()
		for _, s := range k.sessions {
			if s.next <= now {
				stream.Send(s.lease)
				if k.scan == 0 {
					s.next = now + retryWait // unless it is answered before
				}
			}
		}
		k.begun.Fire()
		k.wake = k.host.NewSignal()
		k.wake.Wait(k.untilNext())
	}
}

// untilNext returns how long the sending loop waits.
func (k *keeper) untilNext() time.Duration {
	if k.scan > 0 {
		return k.scan + k.port.TimerLag()
	}
	if len(k.sessions) == 0 {
		return sim.Forever
	}
	next := k.sessions[0].next
	for _, s := range k.sessions {
		next = min(next, s.next)
	}
	return max(0, next-k.host.Now())
}

// answered processes an answer (recvKeepAlive). The deadline counts from when the answer was read,
// whereas the cluster counts from when it made the answer.
func (k *keeper) answered(a KeptAlive) {
	i := slices.IndexFunc(k.sessions, func(s *Session) bool { return s.lease == a.Lease })
	if i < 0 {
		return
	}
	s := k.sessions[i]
	if a.TTL <= 0 {
		s.end("the cluster no longer knows the lease")
		return
	}
	from := k.host.Now()
	s.next = from + a.TTL/3
	if k.fromSend {
		from = a.Asked
	}
	s.ttl, s.deadline = a.TTL, from+a.TTL
	s.renewed()
}

// watchDeadlines ends the sessions whose deadline has passed (deadlineLoop). If leases last whole
// seconds, the deadline and the check of the clock are only milliseconds apart, so the lateness of
// both timers decides whether the end is reported now or a second later. With fromSend, a session
// checks its own deadline.
func (k *keeper) watchDeadlines() {
	for {
		k.host.Sleep(max(0, k.poll-k.host.Now()) + k.port.TimerLag())
		now := k.host.Now()
		k.poll = now + deadlinePoll
		for _, s := range slices.Clone(k.sessions) {
			if !k.fromSend && s.deadline < now {
				s.end(noAnswer)
			}
		}
	}
}
