package ledger

import (
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Simulate puts the account on the host HostID of a world, which must exist, and returns the
// function that gives a client host access to it.
func Simulate(w *virtual.World, guard Guard) func(*virtual.Host) Account {
	host, model := w.Host(HostID), NewModel(guard)
	host.Record(Opened())
	host.Boot(func() { // a database: what it has answered survives a crash
		host.Serve(func(from sim.HostID, request any) any {
			c := request.(Command)
			r := model.Apply(c)
			host.Record(entry(from, c, r))
			return r
		})
	})
	return func(h *virtual.Host) Account {
		return &client{host: h, send: func(c Command, _ time.Duration) (call, error) {
			return simulated{h.Send(HostID, c)}, nil
		}}
	}
}

type simulated struct{ call *virtual.Call }

func (s simulated) Wait(timeout time.Duration) (Reply, error) {
	r, err := s.call.Wait(timeout)
	if err != nil {
		return Reply{}, err
	}
	return r.(Reply), nil
}
