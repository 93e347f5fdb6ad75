package sentinel

import (
	"slices"

	"github.com/locklab/locklab/sim/virtual"
)

// waiter is a client blocked in WAIT.
type waiter struct {
	wait  wait
	call  *virtual.Call
	limit *virtual.Timer
}

// wait answers once enough replicas have acknowledged the stream up to the client's last write, or,
// when the time is up, with however many have: WAIT never undoes the write.
func (s *server) wait(request wait, call *virtual.Call) {
	w := &waiter{wait: request, call: call}
	if s.master != "" || s.having(request.offset) >= request.replicas {
		s.answer(w)
		return
	}
	s.waiters = append(s.waiters, w)
	w.limit = s.host.After(request.timeout, func() {
		s.waiters = slices.DeleteFunc(s.waiters, func(other *waiter) bool { return other == w })
		s.answer(w)
	})
	for _, f := range s.followers {
		s.send(f, getAck{})
	}
}

// having counts the replicas that have acknowledged the stream up to an offset.
func (s *server) having(offset int) int {
	n := 0
	for _, f := range s.followers {
		if f.offset >= offset {
			n++
		}
	}
	return n
}

// answerWaiters answers the clients that have what they wait for, or all of them: a server that
// changes its role unblocks its clients.
func (s *server) answerWaiters(all bool) {
	s.waiters = slices.DeleteFunc(s.waiters, func(w *waiter) bool {
		if !all && s.having(w.wait.offset) < w.wait.replicas {
			return false
		}
		w.limit.Stop()
		s.answer(w)
		return true
	})
}

func (s *server) answer(w *waiter) { w.call.Reply(s.having(w.wait.offset)) }
