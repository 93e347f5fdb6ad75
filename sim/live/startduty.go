//go:build linux

package live

import (
	"encoding/json"
	"fmt"
	"os"
	"syscall"

	"github.com/locklab/locklab/sim/live/internal/protocol"
	"github.com/locklab/locklab/sim/live/namespaces"
)

// StartDuty starts a duty on the host: this same binary, as a separate process in which
// live.DutyMain runs the duty of this name with spec as JSON. The process is part of the host: a
// fault that stops the host stops it, and after a crash it is started again from the beginning.
// The client of a host draws its random numbers from the host's own stream, and from a different
// one after each crash.
func (a *Agent) StartDuty(duty string, spec any, options ...StartOption) (*Proc, error) {
	return a.launchDuty(duty, spec, false, options)
}

// StartHelper starts a duty that runs on the host but is not part of it, such as an observer.
// Faults on the host do not affect it. It must not start processes.
func (a *Agent) StartHelper(duty string, spec any) (*Proc, error) {
	return a.launchDuty(duty, spec, true, nil)
}

func (a *Agent) launchDuty(duty string, spec any, helper bool, options []StartOption) (*Proc, error) {
	encoded, err := json.Marshal(spec)
	if err != nil {
		return nil, fmt.Errorf("start %s on host %s: encode what it is told: %w", duty, a.id, err)
	}
	r := &recipe{
		name: duty, helper: helper, duty: encoded,
		path: "/proc/self/exe",
		argv: []string{"locklab-" + duty, string(a.id)}, // for people who look at the process list
		env:  append(namespaces.CleanEnv(), namespaces.DutyVar+"="+duty),
	}
	for _, o := range options {
		o(r)
	}
	return a.launch(r)
}

// startTalking starts the process of a duty and begins the conversation. The caller holds mu.
func (a *Agent) startTalking(p *Proc, r *recipe) error {
	ordersOut, orders, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ordersOut.Close()
	reports, reportsIn, err := os.Pipe()
	if err != nil {
		orders.Close()
		return err
	}
	defer reportsIn.Close()
	p.cmd.ExtraFiles = []*os.File{ordersOut, reportsIn} // become protocol.OrdersFd and ReportsFd
	p.talk = protocol.New(orders)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{}
	if err := a.start(p, a.net.In); err != nil {
		orders.Close()
		reports.Close()
		return err
	}
	go p.talk.Hear(reports, p.cmd.Process)
	stream := string(a.id)
	if r.helper {
		stream += "/" + r.name
	}
	if r.lives > 1 { // it must not repeat what it drew before the crash
		stream += fmt.Sprint("/life-", r.lives)
	}
	return p.talk.Tell(protocol.Order{Do: protocol.Begin, Host: a.id, Stream: stream, Seed: a.lab.Seed, Nonce: a.lab.Nonce, Spec: r.duty, Shift: a.shift.Monotonic})
}
