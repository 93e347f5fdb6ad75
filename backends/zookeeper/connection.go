package zookeeper

import (
	"slices"

	"github.com/locklab/locklab/sim"
)

// connection is a client's connection as its server sees it. Its requests are executed one after
// the other: a read waits for the writes before it, so a client sees its own writes (Z11).
type connection struct {
	client  sim.HostID
	id      connID
	session uint64 // 0 if not confirmed yet
	busy    bool   // a write is on its way through the log
	queue   []request
	watches []string // the znodes whose deletion the client wants to be told of
}

// open starts a connection, replacing an earlier one of the same client.
func (s *server) open(client sim.HostID, m hello) {
	s.forget(func(c *connection) bool { return c.client == client && c.id.instance == m.conn.instance })
	s.host.HangUp(client) // unread data of the earlier one does not hold this one up
	if !s.serves() || m.seen > s.tree.Zxid() {
		// A client that has seen more than this server must not go back in time.
		s.host.Post(client, closed{m.conn})
		return
	}
	s.conns = append(s.conns, &connection{client: client, id: m.conn})
	from := origin{server: s.host.ID(), client: client, conn: m.conn}
	switch r := (revalidate{from: from, session: m.session}); {
	case m.session == 0:
		s.submit(proposal{from: from, Command: Command{Kind: CommandOpen, Timeout: s.timing.Negotiate(m.timeout), Client: client}})
	case s.leads():
		s.admit(s.judge(r))
	default:
		s.toLeader(r)
	}
}

// judge decides, as the leader, whether a session is alive, and records its client's present
// connection.
func (s *server) judge(r revalidate) revalidated {
	if !s.sessions.move(s.clock(), r.session, r.from.conn) {
		r.session = 0
	}
	return revalidated(r)
}

// admit confirms a connection's session to its client, or tells it that it has expired.
func (s *server) admit(r revalidated) {
	c := s.find(r.from)
	if c == nil {
		return
	}
	session, known := s.tree.Session(r.session)
	switch {
	case r.session == 0:
		s.host.Post(c.client, welcome{conn: c.id})
		s.forget(func(each *connection) bool { return each == c })
	case !known: // the leader knows it; this server does not yet, or no longer does
		s.drop(func(each *connection) bool { return each == c })
	default:
		c.session = session.ID
		s.host.Post(c.client, welcome{conn: c.id, session: session.ID, timeout: session.Timeout, zxid: s.tree.Zxid()})
	}
}

// take accepts a client's request.
func (s *server) take(client sim.HostID, m request) {
	c := s.find(origin{client: client, conn: m.conn})
	switch {
	case c == nil || c.session == 0:
		s.host.Post(client, closed{m.conn})
	case !s.serves():
		s.closeAll()
	default:
		s.touch(c.session)
		c.queue = append(c.queue, m)
		s.work(c)
	}
}

// work answers the connection's queued requests, up to the next write.
func (s *server) work(c *connection) {
	for len(c.queue) > 0 && !c.busy {
		m := c.queue[0]
		c.queue = c.queue[1:]
		answer := response{conn: c.id, xid: m.xid, to: m.kind, zxid: s.tree.Zxid()}
		switch m.kind {
		case askPing:
		case askChildren:
			answer.children = s.tree.Children()
		case askExists:
			if answer.exists = s.tree.Exists(m.path); answer.exists {
				c.watches = append(c.watches, m.path)
			}
		case askStat:
			if answer.node, answer.exists = s.tree.Find(m.path); !answer.exists {
				answer.err = ErrNoNode
			}
		case askCreate, askDelete, askSync, askParent, askClose:
			c.busy = true
			s.submit(proposal{
				Command: Command{Kind: writes[m.kind], Session: c.session, Path: m.path},
				from:    origin{server: s.host.ID(), client: c.client, conn: c.id, xid: m.xid},
			})
			continue
		}
		s.host.Post(c.client, answer)
	}
}

// writes are the requests that change something, and go through the log.
var writes = map[requestKind]CommandKind{
	askCreate: CommandCreate, askDelete: CommandDelete, askSync: CommandSync, askParent: CommandParent, askClose: CommandClose,
}

// tell informs this server's clients of a change that it has applied: the client that requested it,
// those that watch a znode which is gone, and those whose session it closed.
func (s *server) tell(p proposal, r Reply) {
	for _, gone := range r.Removed {
		for _, c := range s.conns {
			if i := slices.Index(c.watches, gone.Path); i >= 0 {
				c.watches = slices.Delete(c.watches, i, i+1)
				s.host.Post(c.client, notice{conn: c.id, path: gone.Path})
			}
		}
	}
	if p.Kind == CommandClose {
		s.drop(func(c *connection) bool { return c.session == p.Session })
		return
	}
	c := s.find(p.from)
	if c == nil || p.from.server != s.host.ID() {
		return
	}
	if p.Kind == CommandOpen {
		s.admit(revalidated{from: p.from, session: r.Session})
		return
	}
	s.host.Post(c.client, response{conn: c.id, xid: p.from.xid, zxid: s.tree.Zxid(), err: r.Err, node: r.Node})
	c.busy = false
	s.work(c)
}

// find returns the connection that a request came over, if it is still open.
func (s *server) find(from origin) *connection {
	i := slices.IndexFunc(s.conns, func(c *connection) bool { return c.client == from.client && c.id == from.conn })
	if i < 0 {
		return nil
	}
	return s.conns[i]
}

// closeAll closes every connection.
func (s *server) closeAll() { s.drop(func(*connection) bool { return true }) }

// drop closes connections and tells the clients, which may not hear it.
func (s *server) drop(which func(*connection) bool) {
	for _, c := range s.conns {
		if which(c) {
			s.host.Post(c.client, closed{c.id})
		}
	}
	s.forget(which)
}

func (s *server) forget(which func(*connection) bool) {
	s.conns = slices.DeleteFunc(s.conns, which)
}
