package zookeeper

import (
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Create creates an ephemeral sequential znode.
func (c *client) Create(path string, timeout time.Duration) (Node, error) {
	r, err := c.do(request{kind: askCreate, path: path}, timeout)
	return r.node, err
}

// CreateParent creates the lock's parent.
func (c *client) CreateParent(timeout time.Duration) error {
	_, err := c.do(request{kind: askParent}, timeout)
	return err
}

// Children lists the lock's znodes.
func (c *client) Children(timeout time.Duration) ([]string, error) {
	r, err := c.do(request{kind: askChildren}, timeout)
	return r.children, err
}

// Exists reports whether there is a znode, and if so watches for its deletion.
func (c *client) Exists(path string, timeout time.Duration) (Watch, bool, error) {
	w := &watch{path: path, fired: c.host.NewSignal()}
	c.watch = append(c.watch, w) // before the answer, because a notice may directly follow that
	r, err := c.do(request{kind: askExists, path: path}, timeout)
	if err != nil || !r.exists {
		c.watch = slices.DeleteFunc(c.watch, func(each *watch) bool { return each == w })
		return nil, false, err
	}
	return w, true, nil
}

// Stat returns a znode.
func (c *client) Stat(path string, timeout time.Duration) (Node, error) {
	r, err := c.do(request{kind: askStat, path: path}, timeout)
	return r.node, err
}

// Delete deletes a znode.
func (c *client) Delete(path string, timeout time.Duration) error {
	_, err := c.do(request{kind: askDelete, path: path}, timeout)
	return err
}

// Sync waits until the connected server knows all earlier changes.
func (c *client) Sync(timeout time.Duration) error {
	_, err := c.do(request{kind: askSync}, timeout)
	return err
}

// do makes a call and waits for its answer.
func (c *client) do(r request, timeout time.Duration) (response, error) {
	each := &call{request: r, answered: c.host.NewSignal()}
	c.send(each)
	if !each.answered.Wait(timeout) {
		c.calls = slices.DeleteFunc(c.calls, func(other *call) bool { return other == each })
		return response{}, sim.ErrUnknown
	}
	return each.response, each.err
}

// abandon ends the wait for a call.
func (each *call) abandon() {
	if each.answered != nil {
		each.err = ErrClosed
		each.answered.Fire()
		each.answered = nil
	}
}

// send sends a call, now or when there is a connection.
func (c *client) send(each *call) {
	c.xid++
	each.request.xid = c.xid
	c.calls = append(c.calls, each)
	if !c.caught(each) {
		c.transmit(each)
	}
}

// transmit sends a call over the present connection, if there is one.
func (c *client) transmit(each *call) {
	if each.sent || !c.state.Connected {
		return
	}
	c.put(each, c.server(), c.conn)
}

// put sends a call over a connection.
func (c *client) put(each *call, to sim.HostID, over connID) {
	each.sent, each.sentAt = true, c.host.Now()
	each.request.conn = over
	c.host.Post(to, each.request)
	if each.request.kind == askCreate {
		c.host.Record(sim.Event{Kind: sim.AcquireSent})
	}
}

// answer passes an answer to its waiting call.
func (c *client) answer(m response) {
	c.seen = max(c.seen, m.zxid)
	i := slices.IndexFunc(c.calls, func(each *call) bool { return each.request.xid == m.xid })
	if i < 0 {
		return // no longer waited for
	}
	each := c.calls[i]
	c.calls = slices.Delete(c.calls, i, i+1)
	c.state.Sent = max(c.state.Sent, each.sentAt)
	each.response, each.err = m, m.err
	if each.request.kind == askExists && !m.exists {
		c.fire(each.request.path)
	}
	if each.answered != nil {
		each.answered.Fire()
	}
}

// fail ends calls without an answer.
func (c *client) fail(which func(*call) bool, err error) {
	c.calls = slices.DeleteFunc(c.calls, func(each *call) bool {
		if !which(each) {
			return false
		}
		each.err = err
		if each.answered != nil {
			each.answered.Fire()
		}
		return true
	})
}

// fire tells the watches of a znode that it is gone.
func (c *client) fire(path string) {
	c.watch = slices.DeleteFunc(c.watch, func(w *watch) bool {
		if w.path != path {
			return false
		}
		w.fired.Fire()
		return true
	})
}
