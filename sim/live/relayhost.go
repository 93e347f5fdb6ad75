//go:build linux

package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"

	"github.com/locklab/locklab/sim"
)

const relayRole = "relay"

// RelayRoles is what stands on a host in the place of a server that a relay leads to.
// Programs that call StartRelay hand it to RoleMain.
func RelayRoles() map[string]Role { return map[string]Role{relayRole: relayFromHost} }

type relaySpec struct {
	Listen string // address
	Socket string // of the relay
}

// StartRelay lets a host stand for a server outside: who connects to this port of the host
// is connected to the relay's socket. So connections go over the lab's network, with all
// that faults do to it, up to this host. It lasts for one trial, and no fault of the host
// is done to it.
func StartRelay(ctx context.Context, lab *Lab, id sim.HostID, port, socket string) error {
	agent := lab.Agent(id)
	if agent == nil {
		return fmt.Errorf("start a relay on host %s: there is no such host", id)
	}
	p, err := agent.StartHelper(relayRole, relaySpec{Listen: net.JoinHostPort(agent.Address(), port), Socket: socket})
	if err != nil {
		return err
	}
	return p.AwaitReady(ctx)
}

// relayFromHost is the helper's part.
func relayFromHost(h *Host, orders json.RawMessage) error {
	var spec relaySpec
	if err := json.Unmarshal(orders, &spec); err != nil {
		return fmt.Errorf("read the relay's orders: %w", err)
	}
	stopped := h.Stopped()
	l, err := net.Listen("tcp", spec.Listen)
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
		failed = acceptAll(l, spec.Socket)
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
			out, err := DialRelay(context.Background(), socket)
			if err != nil {
				return // the client sees its connection closed
			}
			defer out.Close()
			join(client, out)
		}()
	}
}
