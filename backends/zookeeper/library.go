package zookeeper

import (
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// library is the client library in a simulated client's process. It implements Port with the client
// that is in use, and lets closed ones finish.
type library struct {
	*client
	servers []sim.HostID
	timeout time.Duration
	races   bool // as go-zookeeper's goroutines do; else the end of a wait or connection comes first
	tell    func(SessionNews)
	clients []*client // all clients ever made
}

// newLibrary makes a library with one client; connect starts it.
func newLibrary(h *virtual.Host, servers []sim.HostID, timeout time.Duration, races bool) *library {
	l := &library{servers: servers, timeout: timeout, races: races, tell: func(SessionNews) {}}
	l.renew(h)
	h.Receive(func(from sim.HostID, message any) {
		for _, c := range l.clients {
			c.receive(from, message) // it knows its own connections
		}
	})
	return l
}

func (l *library) renew(h *virtual.Host) {
	l.client = newClient(h, l.servers, l.timeout, l.races, func(news SessionNews) { l.tell(news) })
	l.clients = append(l.clients, l.client)
}

// Listen sets the receiver of news.
func (l *library) Listen(tell func(SessionNews)) { l.tell = tell }

// closeLimit is how long Conn.Close waits.
const closeLimit = time.Second

// EndSession closes the client.
func (l *library) EndSession() {
	if l.closing {
		return
	}
	l.close()
	l.ended.Wait(closeLimit)
}

// BeginSession opens another client to replace a closed one.
func (l *library) BeginSession(timeout time.Duration) error {
	if !l.closing {
		return nil
	}
	l.renew(l.host)
	l.connect()
	began := l.host.NewSignal()
	c, tell := l.client, l.client.tell
	c.tell = func(news SessionNews) {
		if news == Answered {
			began.Fire()
			c.tell = tell
		}
		tell(news)
	}
	if !began.Wait(timeout) {
		l.EndSession()
		return sim.ErrUnknown
	}
	return nil
}
