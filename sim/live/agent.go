//go:build linux

package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/locklab/locklab/sim"
)

// Agent acts for the harness on one host: it starts processes there and signals them.
// Its methods may be called from any goroutine.
type Agent struct {
	lab *Lab
	id  sim.HostID
	ip  net.IP
	dir string
	net *namespace

	disk diskGate // of its programs

	// ProveClock, if set, asks the host's server for its wall clock. It is how a step of
	// that clock is proven, besides what is proven of every process. Set it before the
	// trial runs. It must answer or fail by the end of ctx.
	ProveClock func(ctx context.Context) (time.Time, error)

	mu        sync.Mutex // nothing is started while processes are being signalled
	closed    bool
	stops     int           // pauses and suspensions in effect
	crashes   int           // crashes in effect
	life      int           // how often it has crashed
	shift     clockShift    // of every process's clocks
	suspends  int           // suspensions in effect; since:
	suspended time.Duration // machineClock when the monotonic clock stopped
	recipes   []*recipe     // what to start again after a crash, in order
	helpers   []*Proc       // that are on the host but not part of it for faults
	killed    map[int]bool  // pids that were killed when the lab was closed
}

// ID is the host's name.
func (a *Agent) ID() sim.HostID { return a.id }

// Address is the host's IP address in the lab.
func (a *Agent) Address() string { return a.ip.String() }

// Start starts a program on the host, such as a redis-server, in the host's scratch
// directory and a process group of its own. It must stay in the foreground. name is for
// messages. The end of what it prints is kept for them, too. After a crash of the host it
// is started again in the same way.
func (a *Agent) Start(name string, argv []string, options ...StartOption) (*Proc, error) {
	if len(argv) == 0 {
		return nil, fmt.Errorf("start %s on host %s: no program given", name, a.id)
	}
	r := &recipe{name: name, path: argv[0], argv: argv, env: a.programEnv()}
	for _, o := range options {
		o(r)
	}
	return a.launch(r)
}

// In runs f with its thread in the host's network: sockets that f itself opens are the
// host's. It must open them on its own goroutine.
func (a *Agent) In(f func() error) error { return a.net.in(f) }

// Dial connects from the host to address, which must be an IP address and port. Its
// signature is that of the dial functions that client libraries take.
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

// literal refuses names: resolving them would happen on threads outside the host.
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

// startProgram starts somebody else's program, which sees and may do no more than it needs.
// The caller holds mu.
func (a *Agent) startProgram(p *Proc, r *recipe) error {
	p.cmd.SysProcAttr = &syscall.SysProcAttr{}
	enter, err := a.confine(p, r)
	if err != nil {
		return err
	}
	return a.start(p, enter)
}

// start starts p's command on the host and watches over it. enter puts a thread there for as
// long as what it is given takes. The caller holds mu.
func (a *Agent) start(p *Proc, enter func(func() error) error) error {
	p.cmd.Dir = a.dir
	p.cmd.SysProcAttr.Setpgid = true
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.WaitDelay = outputDelay
	start := p.cmd.Start
	if !p.helper && a.shift != (clockShift{}) {
		start = func() error { return startShifted(p.cmd, a.shift) }
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

// cleanEnv is this process's environment without what is meant for itself.
func cleanEnv() []string {
	var env []string
	for _, each := range os.Environ() {
		if !strings.HasPrefix(each, insideVar+"=") && !strings.HasPrefix(each, roleVar+"=") {
			env = append(env, each)
		}
	}
	return env
}
