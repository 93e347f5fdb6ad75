//go:build linux

package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

const (
	port         = "7100"
	duty         = "ledger"
	file         = "account.db"    // in the host's scratch directory
	connectLimit = 5 * time.Second // for a client's first connection, before the trial starts
)

type spec struct {
	Guard  Guard
	Listen string
}

// MessageWords reads requests to the account.
func MessageWords(head []byte) (string, bool) { return wire.MessageWords(head) }

// Start starts the account's service on the host HostID of a lab, and returns once it is listening.
// The service ends with the trial, and opens a new account each time.
func Start(ctx context.Context, lab *live.Lab, guard Guard) error {
	if err := os.Remove(filepath.Join(lab.Dir(HostID), file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the account of the trial before: %w", err)
	}
	service, err := lab.Agent(HostID).StartDuty(duty, spec{Guard: guard, Listen: net.JoinHostPort(lab.Address(HostID), port)})
	if err != nil {
		return err
	}
	return service.AwaitReady(ctx)
}

// Dial gives a client's process access to the account on the host at this IP address.
func Dial(h *live.Host, address string) (Account, error) {
	return dial(h, net.JoinHostPort(address, port))
}

func dial(h wire.Host, address string) (Account, error) {
	c, err := wire.NewClient[Command, Reply](h, address, connectLimit)
	if err != nil {
		return nil, fmt.Errorf("reach the account: %w", err)
	}
	return &client{host: h, send: func(command Command, timeout time.Duration) (call, error) {
		if command.takes() {
			h.Sending(sim.WriteSent)
		}
		sent, err := c.Send(command, timeout)
		if err != nil {
			return nil, err
		}
		return sent, nil
	}}, nil
}

// Duties is the account's service.
func Duties() map[string]live.Duty { return map[string]live.Duty{duty: keep} }

// keep is the duty of the account's service.
func keep(h *live.Host, orders json.RawMessage) error {
	var s spec
	if err := json.Unmarshal(orders, &s); err != nil {
		return fmt.Errorf("read the account's orders: %w", err)
	}
	_, err := os.Stat(file)
	open, again := openDatabase, err == nil
	if again {
		open = reopenDatabase // after a crash of the host
	}
	db, err := open(file, s.Guard)
	if err != nil {
		return err
	}
	defer db.Close()
	l, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen for orders to the account: %w", err)
	}
	if !again {
		h.Record(Opened())
	}
	h.Ready()
	h.AwaitStart()
	return serve(h, l, db)
}

// serve executes commands one at a time, and records them in that order. An event is stamped after
// its command has been executed, before that is answered and before the next one begins: so nobody
// knows of it before its stamp.
func serve(h wire.Host, l net.Listener, db *database) error {
	return wire.Serve(h, l, func(from sim.HostID, c Command) (Reply, error) {
		r, err := db.apply(c)
		if err != nil {
			return Reply{}, err
		}
		h.Record(entry(from, c, r))
		return r, nil
	})
}
