//go:build linux

package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

const duty = "relay"

// Duties returns the duty that stands in, on a host, for a server behind a relay. Programs
// that call Start pass it to live.DutyMain.
func Duties() map[string]live.Duty { return map[string]live.Duty{duty: standIn} }

type spec struct {
	Listen string // an address
	Socket string // path of the relay's socket
}

// Start makes a host stand in for a server outside: connections to this port of the host
// are forwarded to the relay's socket. So they cross the lab's network, with all its faults, up
// to this host. The relay lasts for one trial, and faults on the host do not affect it.
func Start(ctx context.Context, lab *live.Lab, id sim.HostID, port, socket string) error {
	agent := lab.Agent(id)
	if agent == nil {
		return fmt.Errorf("start a relay on host %s: there is no such host", id)
	}
	p, err := agent.StartHelper(duty, spec{Listen: net.JoinHostPort(agent.Address(), port), Socket: socket})
	if err != nil {
		return err
	}
	return p.AwaitReady(ctx)
}

// standIn is the duty of the helper.
func standIn(h *live.Host, orders json.RawMessage) error {
	var told spec
	if err := json.Unmarshal(orders, &told); err != nil {
		return fmt.Errorf("read the relay's orders: %w", err)
	}
	stopped := h.Stopped()
	l, err := net.Listen("tcp", told.Listen)
	if err != nil {
		return fmt.Errorf("stand in for a server: %w", err)
	}
	h.Ready()
	var failed error
	h.Outside(func() {
		go func() {
			<-stopped
			l.Close()
		}()
		failed = acceptAll(l, told.Socket)
	})
	if errors.Is(failed, net.ErrClosed) {
		return nil
	}
	return failed
}

func acceptAll(l net.Listener, socket string) error {
	for {
		client, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer client.Close()
			out, err := Dial(context.Background(), socket)
			if err != nil {
				return // the client sees its connection closed
			}
			defer out.Close()
			join(client, out)
		}()
	}
}
