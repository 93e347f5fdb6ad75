package trace

import "github.com/locklab/locklab/sim"

// Attempt is one time that a client asked for the lock, for one operation.
type Attempt struct {
	Client sim.HostID
	Began  *sim.Event // acquire
	Ended  *sim.Event // acquired or not-acquired; nil if there was no answer
	Died   *sim.Event // the crash of its client before any answer; nil if there was none
}

// Served reports whether the client got the lock.
func (a *Attempt) Served() bool { return a.Ended != nil && a.Ended.Kind == sim.Acquired }

// Over returns the event that ended the attempt: its answer or the crash of its client. It
// returns nil if the client was still waiting when the history ended.
func (a *Attempt) Over() *sim.Event {
	if a.Died != nil {
		return a.Died
	}
	return a.Ended
}

// readAttempts finds all attempts. An answer belongs to the last attempt of the same client for
// the same operation. A client that has crashed waits for no answer.
func (t *Trace) readAttempts() {
	open := map[sim.HostID]map[string]*Attempt{} // by client and operation
	var lost []*Attempt                          // superseded by another attempt before there was an answer
	for i := range t.History.Events {
		e := &t.History.Events[i]
		switch e.Kind {
		case sim.Acquire:
			a := &Attempt{Client: e.Host, Began: e}
			if open[e.Host] == nil {
				open[e.Host] = map[string]*Attempt{}
			}
			if before := open[e.Host][e.Op]; before != nil {
				lost = append(lost, before)
			}
			t.Attempts, open[e.Host][e.Op] = append(t.Attempts, a), a
		case sim.Acquired, sim.NotAcquired:
			if a := open[e.Host][e.Op]; a != nil {
				a.Ended = e
				delete(open[e.Host], e.Op)
			}
		case sim.FaultApplied:
			if !t.KindOf(e).SwitchesOff() {
				continue
			}
			for _, a := range open[e.Host] {
				a.Died = e
			}
			for _, a := range lost {
				if a.Client == e.Host && a.Died == nil {
					a.Died = e
				}
			}
			delete(open, e.Host)
		}
	}
}
