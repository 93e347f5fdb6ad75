//go:build linux

package control

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

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

var (
	_ backends.Live    = None{}
	_ backends.Legible = Perfect{}
)

// Missing returns nil: no lock needs nothing.
func (None) Missing(backends.Settings) error { return nil }

// Start does nothing.
func (None) Start(context.Context, *live.Lab, backends.Settings) error { return nil }

// Observe does nothing: every client records for itself.
func (None) Observe(context.Context, *live.Lab, backends.Settings) error { return nil }

// Reset does nothing.
func (None) Reset(context.Context, *live.Lab, backends.Settings) error { return nil }

// Who returns no host.
func (None) Who(context.Context, *live.Lab, backends.Settings, sim.Role) ([]sim.HostID, error) {
	return nil, nil
}

// Dial gives a client's process permission to go on.
func (None) Dial(h *live.Host, _ []string, _ backends.Settings) (backends.Lock, error) {
	return newNoLock(h), nil
}

// Duties returns none.
func (None) Duties() map[string]live.Duty { return nil }

const (
	perfectPort  = "7200"
	perfectDuty  = "perfect"
	connectLimit = 5 * time.Second // for a client's first connection, before the trial starts
)

type perfectSpec struct {
	Listen string
	Disk   string // the file that keeps what the service knows
}

// MessageWords reads requests to the service.
func (Perfect) MessageWords(head []byte) (string, bool) { return wire.MessageWords(head) }

// Missing returns nil: the service is this same program.
func (Perfect) Missing(backends.Settings) error { return nil }

// Start does nothing: the service lives for one trial.
func (Perfect) Start(context.Context, *live.Lab, backends.Settings) error { return nil }

// Observe starts the service on its host, and returns once it listens.
func (Perfect) Observe(ctx context.Context, lab *live.Lab, _ backends.Settings) error {
	disk := filepath.Join(lab.Dir(PerfectID), "lock.json")
	if err := os.Remove(disk); err != nil && !errors.Is(err, fs.ErrNotExist) { // an earlier trial's
		return fmt.Errorf("clear the perfect lock's disk: %w", err)
	}
	service, err := lab.Agent(PerfectID).StartDuty(perfectDuty,
		perfectSpec{Listen: net.JoinHostPort(lab.Address(PerfectID), perfectPort), Disk: disk})
	if err != nil {
		return err
	}
	return service.AwaitReady(ctx)
}

// Reset does nothing: the service ended with the trial.
func (Perfect) Reset(context.Context, *live.Lab, backends.Settings) error { return nil }

// Who returns no host: a single server has no roles.
func (Perfect) Who(context.Context, *live.Lab, backends.Settings, sim.Role) ([]sim.HostID, error) {
	return nil, nil
}

// Dial gives a client's process its lock at the service on the first address.
func (Perfect) Dial(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	p, err := dial(h, net.JoinHostPort(servers[0], perfectPort))
	if err != nil {
		return nil, err
	}
	return NewLock(h, p, s), nil
}

// Duties is the service.
func (Perfect) Duties() map[string]live.Duty { return map[string]live.Duty{perfectDuty: keep} }

// keep is the duty of the perfect service.
func keep(h *live.Host, orders json.RawMessage) error {
	var s perfectSpec
	if err := json.Unmarshal(orders, &s); err != nil {
		return fmt.Errorf("read the perfect lock's orders: %w", err)
	}
	l, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen for requests to the perfect lock: %w", err)
	}
	h.Ready()
	h.AwaitStart()
	return serve(h, l, disk(s.Disk))
}

// serve runs the model on the host's monotonic clock. After a crash it goes on where it was, as the
// simulated service does: a lease that ran out while the machine was off ends now.
func serve(h wire.Host, l net.Listener, d disk) error {
	model, err := d.read()
	if err != nil {
		return err
	}
	service := &service{host: h, model: model, disk: d}
	if _, held := model.NextExpiry(); held {
		if _, err := service.apply(PerfectID, Command{Kind: CommandExpire}); err != nil {
			return err
		}
		service.endInTime()
	}
	return wire.Serve(h, l, func(from sim.HostID, c Command) (Reply, error) { return service.apply(from, c) })
}

type service struct {
	host   wire.Host
	model  *Model
	disk   disk
	leases int // started so far
}

// apply executes a command. What it changed is on the disk before anybody hears of it.
func (s *service) apply(from sim.HostID, c Command) (Reply, error) {
	before := *s.model
	r := s.model.Apply(s.host.Now(), c)
	if *s.model != before {
		if err := s.disk.write(s.model); err != nil {
			return Reply{}, err
		}
	}
	record(s.host, from, c, r)
	if c.Kind == CommandAcquire && r.OK {
		s.endInTime()
	}
	return r, nil
}

// endInTime starts the process that notices the end of the present lease without being asked.
func (s *service) endInTime() {
	s.leases++
	lease := s.leases
	s.host.Go("lease", func(h sim.Host) {
		for {
			at, held := s.model.NextExpiry()
			if !held || s.leases != lease {
				return // it was released, or another one has begun
			}
			if wait := at - h.Now(); wait > 0 {
				h.Sleep(wait)
				continue
			}
			if _, err := s.apply(PerfectID, Command{Kind: CommandExpire}); err != nil {
				return // the lease ends with the next request, which says what the disk says
			}
		}
	})
}

// servicePort is the Port over TCP.
type servicePort struct {
	host   wire.Host
	client *wire.Client[Command, Reply]
}

func dial(h wire.Host, address string) (Port, error) {
	c, err := wire.NewClient[Command, Reply](h, address, connectLimit)
	if err != nil {
		return nil, fmt.Errorf("reach the perfect lock: %w", err)
	}
	return &servicePort{host: h, client: c}, nil
}

func (p *servicePort) Acquire(grant string, ttl, timeout time.Duration) (uint64, bool, error) {
	p.host.Sending(sim.AcquireSent)
	call, err := p.client.Send(Command{Kind: CommandAcquire, Grant: grant, TTL: ttl}, timeout)
	if err != nil {
		return 0, false, err
	}
	p.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: grant})
	r, err := call.Wait(timeout)
	return r.Token, r.OK, err
}

func (p *servicePort) Release(grant string, timeout time.Duration) (bool, error) {
	call, err := p.client.Send(Command{Kind: CommandRelease, Grant: grant}, timeout)
	if err != nil {
		return false, err
	}
	r, err := call.Wait(timeout)
	return r.OK, err
}
