//go:build linux

package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/confine"
	"github.com/locklab/locklab/sim/live/network"
	"github.com/locklab/locklab/sim/live/vdso"
)

// Agent acts for the harness on one host: it starts processes there and signals them. Its
// methods may be called from any goroutine.
type Agent struct {
	lab *Lab
	id  sim.HostID
	ip  net.IP
	dir string
	net *network.Namespace

	disk *confine.DiskGate // for its programs

	// ProveClock, if set, asks the host's server for its wall clock. It proves a step of that
	// clock, in addition to what is proven of every process. Set it before the trial runs. It
	// must answer or fail by the end of ctx.
	ProveClock func(ctx context.Context) (time.Time, error)

	mu        sync.Mutex // held while processes are signalled, so that none is started
	closed    bool
	stops     int           // pauses and suspensions in effect
	crashes   int           // crashes in effect
	life      int           // number of crashes so far
	shift     vdso.Shift    // of the clocks of every process
	suspends  int           // suspensions in effect
	suspended time.Duration // since when they stop the monotonic clock, on the machine's clock
	recipes   []*recipe     // what to start again after a crash, in order
	helpers   []*Proc       // processes on the host that faults do not affect
	killed    map[int]bool  // pids killed when the lab was closed
}

// ID returns the host's name.
func (a *Agent) ID() sim.HostID { return a.id }

// number returns the host's number, by which the switch knows it.
func (a *Agent) number() byte { return a.ip[len(a.ip)-1] }

// Address returns the host's IP address in the lab.
func (a *Agent) Address() string { return a.ip.String() }

// Start starts a program on the host, such as a redis-server, in the host's scratch directory
// and in a process group of its own. The program must stay in the foreground. name is used in
// error messages, and so is the end of the program's output. After a crash of the host, the
// program is started again in the same way.
func (a *Agent) Start(name string, argv []string, options ...StartOption) (*Proc, error) {
	if len(argv) == 0 {
		return nil, fmt.Errorf("start %s on host %s: no program given", name, a.id)
	}
	r := &recipe{name: name, path: argv[0], argv: argv, env: confine.Environment(a.dir)}
	for _, o := range options {
		o(r)
	}
	return a.launch(r)
}

// In runs f with its thread in the host's network: sockets that f opens belong to the host. f
// must open them on its own goroutine.
func (a *Agent) In(f func() error) error { return a.net.In(f) }

// Dial connects from the host to address, which must be an IP address and port. The signature is
// that of the dial functions of client libraries.
func (a *Agent) Dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	if err := literal(address); err != nil {
		return nil, fmt.Errorf("dial from host %s: %w", a.id, err)
	}
	err = a.In(func() error {
		conn, err = new(net.Dialer).DialContext(ctx, network, address)
		return err
	})
	return conn, err
}

// literal rejects host names: they would be resolved on threads outside the host.
func literal(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if net.ParseIP(host) == nil {
		return fmt.Errorf("%q is not an IP address", host)
	}
	return nil
}

// startProgram starts a third-party program, which can see and do no more than it needs. The
// caller holds mu.
func (a *Agent) startProgram(p *Proc, r *recipe) error {
	p.cmd.SysProcAttr = &syscall.SysProcAttr{}
	host := confine.Host{Number: a.number(), Dir: a.dir, Net: a.net}
	if a.lab.DiskStalls {
		host.Disk = a.disk
	}
	enter, err := host.Confine(p.cmd, r.needs)
	if err != nil {
		return err
	}
	return a.start(p, enter)
}

// start starts p's command on the host and watches over it. enter runs a function on a thread
// that is on the host while the function runs. The caller holds mu.
func (a *Agent) start(p *Proc, enter func(func() error) error) error {
	p.cmd.Dir = a.dir
	p.cmd.SysProcAttr.Setpgid = true
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.WaitDelay = outputDelay
	start := p.cmd.Start
	if !p.helper && a.shift != (vdso.Shift{}) {
		start = func() error { return vdso.Start(p.cmd, a.shift) }
	}
	if err := enter(start); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("%w: install it, or put it on the PATH", err)
		}
		return err
	}
	if p.helper {
		a.helpers = append(a.helpers, p)
	}
	p.done = make(chan struct{})
	go p.watch()
	a.lab.mu.Lock()
	a.lab.procs = append(a.lab.procs, p)
	a.lab.mu.Unlock()
	return nil
}
