//go:build linux

package sentinel

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim/live"
)

// Real replication is as quick as the network. To have it lag, as on a master that is busy,
// a server listens on its host's loopback address only, and this role stands before it. It
// passes everything on at once, but keeps what goes to other servers for a while. It is
// part of the host: when the master crashes, what was still to be sent is gone, as the model
// has it. (A delay on the link would not do: what the network has taken over arrives, even
// when its sender is dead.)

const lagRole = "redis-replication-lag"

// loopback is where the server listens then.
const loopback = "127.0.0.1"

// lagSpec is what the role is told.
type lagSpec struct {
	Listen string        // address
	Server string        // address
	Others []string      // IP addresses of the other servers
	Lag    time.Duration // what is sent to these waits for so long
}

func lag(h *live.Host, orders json.RawMessage) error {
	var spec lagSpec
	if err := json.Unmarshal(orders, &spec); err != nil {
		return fmt.Errorf("read the orders: %w", err)
	}
	listener, err := net.Listen("tcp", spec.Listen)
	if err != nil {
		return fmt.Errorf("stand before a redis-server: %w", err)
	}
	h.Ready()
	h.Outside(func() {
		for {
			var client net.Conn
			if client, err = listener.Accept(); err != nil {
				return
			}
			go spec.serve(client)
		}
	})
	return fmt.Errorf("stand before a redis-server: %w", err)
}

// serve connects a client to the server until one of them hangs up.
func (s lagSpec) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", s.Server)
	if err != nil {
		return // and to the client it is as if the server were not there
	}
	ip, _, _ := net.SplitHostPort(client.RemoteAddr().String())
	var late time.Duration
	if slices.Contains(s.Others, ip) {
		late = s.Lag
	}
	go func() {
		_, _ = io.Copy(server, client)
		server.Close()
	}()
	passOn(client, server, late)
}

// piece is something that the server has sent.
type piece struct {
	data []byte
	due  time.Time
}

// passOn sends a client what the server says, later by so much, and in order. It hangs up
// on the server when the client cannot be sent to any more.
func passOn(client io.Writer, server io.ReadCloser, late time.Duration) {
	defer server.Close()
	if late == 0 {
		_, _ = io.Copy(client, server)
		return
	}
	pieces := make(chan piece, 1024)
	go func() {
		defer close(pieces)
		for {
			buffer := make([]byte, 16<<10)
			n, err := server.Read(buffer)
			if n > 0 {
				pieces <- piece{buffer[:n], time.Now().Add(late)}
			}
			if err != nil {
				return
			}
		}
	}()
	var failed error
	for p := range pieces {
		if failed != nil {
			continue
		}
		time.Sleep(time.Until(p.due))
		if _, failed = client.Write(p.data); failed != nil {
			server.Close()
		}
	}
}

// listening are the settings of a server that has the role before it: what it would
// otherwise tell others of itself is its loopback address.
func listening(ip string) []redis.ServerSetting {
	return []redis.ServerSetting{
		{Name: "bind", Value: loopback},
		{Name: "replica-announce-ip", Value: ip}, {Name: "replica-announce-port", Value: redis.ServerPort},
	}
}
