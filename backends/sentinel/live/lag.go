//go:build linux

package sentinellive

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/sim/live"
)

// Real replication is as quick as the network. To make it lag, as on a busy master, a server
// listens only on its host's loopback address, and this duty stands before it. It passes
// everything on at once, except that it delays what goes to other servers. It is part of the host:
// when the master crashes, unsent data is lost, as in the model. (A delay on the link would not do:
// what the network has accepted arrives even if its sender is dead.)

const lagDuty = "redis-replication-lag"

// loopback is where such a server listens.
const loopback = "127.0.0.1"

// lagSpec is the configuration of the duty.
type lagSpec struct {
	Listen string        // address
	Server string        // address
	Others []string      // IP addresses of the other servers
	Lag    time.Duration // the delay of what is sent to these
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
		return // to the client it looks as if the server were not there
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

// piece is some data that the server has sent.
type piece struct {
	data []byte
	due  time.Time
}

// passOn sends a client the server's output, in order and delayed by late. It hangs up on the
// server once it can no longer send to the client.
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

// listening are the settings of a server behind this duty; without them it would announce its
// loopback address to others.
func listening(ip string) []redislive.ServerSetting {
	return []redislive.ServerSetting{
		{Name: "bind", Value: loopback},
		{Name: "replica-announce-ip", Value: ip}, {Name: "replica-announce-port", Value: redislive.ServerPort},
	}
}
