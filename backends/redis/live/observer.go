//go:build linux

package redislive

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// The observer records what the server does to the lock, in the server's order.
//
// A keyspace event says what happened to which key, but not its value. A MONITOR line has the
// value, but does not say whether the command had an effect. In RESP3 one connection can carry
// both, and the server writes them in the order in which things happen: the event while a command
// runs, and the command's line right after it (also for each command inside a script). So "set
// account" followed by the line SET account VALUE … is a grant to VALUE, and a SET without an event
// before it was refused. Nothing has to be queried afterwards, when the answer might be different.
//
// When the connection breaks because the server crashed, the observer waits until the server is
// back, and asks what has become of the lock that it knew.

const observerDuty = "redis-observer"

// Observation is what an observer has to do.
type Observation struct {
	// Tokens means that grants come with fencing tokens.
	Tokens bool `json:"tokens,omitempty"`
	// Durability is the server's: with everysec the observer also tracks how much of the server's
	// file is synced.
	Durability redis.Durability `json:"durability,omitempty"`
	// Votes means that the server is one of several whose votes are counted: what it does is
	// recorded as NodeGranted, NodeExtended and NodeEnded.
	Votes bool `json:"votes,omitempty"`
	// Copies means that the server is one of several that copy each other: what it holds as a copy
	// is recorded as NodeGranted and NodeEnded; see the recorder.
	Copies bool `json:"copies,omitempty"`
}

// ObserveServer starts the observer of the server on a host and waits until it is observing. It
// knows only clients whose hosts are in the lab by then.
func ObserveServer(ctx context.Context, lab *live.Lab, id sim.HostID, o Observation) error {
	spec := observerSpec{Network: "tcp", Address: net.JoinHostPort(lab.Address(id), ServerPort), Clients: clientsIn(lab), Observation: o}
	return backends.StartObserver(ctx, lab, id, observerDuty, spec)
}

// client is a client's host and the IP address that its connections come from.
type client struct {
	Host    sim.HostID
	Address string
}

// clientsIn lists the clients' hosts in a lab.
func clientsIn(lab *live.Lab) (clients []client) {
	for i := 0; lab.Agent(sim.ClientID(i)) != nil; i++ {
		id := sim.ClientID(i)
		clients = append(clients, client{id, lab.Address(id)})
	}
	return clients
}

type observerSpec struct {
	Network, Address string
	Clients          []client // to tell which of them asked for something
	Observation
}

// observer is the process that observes one server.
type observer struct {
	host     wire.Host
	at       observerSpec
	recorder *recorder
	disk     *disk // nil if nothing depends on what is synced
	stopped  <-chan struct{}

	mu     sync.Mutex
	stream *stream // the present one
}

func observe(h *live.Host, spec json.RawMessage) error {
	o := &observer{host: h, stopped: h.Stopped()}
	if err := json.Unmarshal(spec, &o.at); err != nil {
		return fmt.Errorf("read the observer's orders: %w", err)
	}
	o.recorder = newRecorder(h.Record, o.at.Observation)
	o.recorder.clients = o.at.Clients
	if o.at.Durability == redis.DurabilityEverySec {
		o.disk = &disk{dir: ".", now: h.TrueTime} // a helper runs in its host's directory
	}
	stream, now, err := openStream(o.at.Network, o.at.Address)
	if err != nil {
		return err
	}
	o.use(stream)
	o.recorder.resume(now)
	if o.disk != nil {
		if err := o.disk.switchOn(); err != nil { // before the first grant
			return err
		}
	}
	h.Ready()
	h.AwaitStart()
	return o.run()
}

// run observes until the trial is over.
func (o *observer) run() error {
	failed := make(chan error, 1)
	if o.disk != nil {
		go func() {
			if err := o.disk.watch(o.stopped); err != nil {
				failed <- err
				o.hangUp()
			}
		}()
	}
	go o.finish()
	if o.at.Copies {
		go o.poll()
	}
	for {
		err := o.stream.follow(o.host, o.recorder)
		select {
		case err := <-failed:
			return err
		default:
		}
		if err == nil || o.over() || !isBroken(err) {
			if o.over() {
				return nil // if the server can no longer answer, there is nothing left to see
			}
			return err
		}
		if o.disk != nil {
			o.disk.switchOff()
		}
		if !o.reconnect() {
			return nil
		}
	}
}

// over reports whether the trial is over.
func (o *observer) over() bool {
	select {
	case <-o.stopped:
		return true
	default:
		return false
	}
}

// use switches to another stream.
func (o *observer) use(s *stream) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stream = s
}

func (o *observer) hangUp() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stream.conn.Close()
}

// write sends text over the present stream. If that fails, the stream's reader finds out.
func (o *observer) write(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = o.stream.conn.SetWriteDeadline(time.Now().Add(connectLimit))
	_, _ = o.stream.conn.Write([]byte(text))
}

// finish makes the last stream end when the trial is over.
func (o *observer) finish() {
	<-o.stopped
	o.write(endCommand)
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = o.stream.conn.SetReadDeadline(time.Now().Add(endLimit))
}

// endLimit is how long the server may take at the end to show the rest. If it is stopped, there is
// no rest.
const endLimit = time.Second

// reconnect waits until the server can be observed again, and learns its state then. It returns
// false if the trial ends first.
func (o *observer) reconnect() bool {
	o.stream.conn.Close()
	for first := true; ; first = false {
		var s *stream
		var now present
		var err error
		o.host.Outside(func() {
			if !first {
				time.Sleep(askAgain)
			}
			s, now, err = openStream(o.at.Network, o.at.Address)
		})
		if err == nil {
			o.use(s)
			if o.over() { // finish may have missed this stream
				s.conn.Close()
				return false
			}
			o.recorder.resume(now)
			return o.disk == nil || o.disk.switchOn() == nil
		}
		if o.over() {
			return false
		}
		if first {
			o.recorder.serverDown()
		}
	}
}
