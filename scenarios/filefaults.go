package scenarios

import (
	"fmt"
	"iter"
	"reflect"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/sim"
)

// fileDo is the format's table of faults (see file.go), one row for each kind: its key, what it
// does, and the type that reads its keys, makes a Fault of them and puts it into words. Each type
// is in a file of its own, or with those that it resembles: fault….go.
type fileDo struct {
	place     `yaml:"-"`
	Pause     filePause     `yaml:"pause,omitempty" doc:"stop every process of a host while its clocks go on, as a garbage collection or SIGSTOP does"`
	Suspend   fileSuspend   `yaml:"suspend,omitempty" doc:"stop every process of a host and its monotonic clock, while its wall clock goes on, as a suspended virtual machine does"`
	Crash     fileCrash     `yaml:"crash,omitempty" doc:"switch a host off; it loses its memory and whatever it had not synced to disk"`
	StallDisk fileStall     `yaml:"stall-disk,omitempty" doc:"block every disk sync of a host's programs until the fault is over, while its processes, clocks and network keep running"`
	Clock     fileClock     `yaml:"clock,omitempty" doc:"step a clock of a host, or change the rate at which it runs"`
	Partition filePartition `yaml:"partition,omitempty" doc:"block all packets between groups of hosts, or from some hosts to others"`
	Delay     fileDelay     `yaml:"delay,omitempty" doc:"make every packet from one host to another arrive later"`
	Hold      fileHold      `yaml:"hold,omitempty" doc:"make one message arrive later: the one on its way from one host to another at this moment, or if there is none the next one"`
	Drop      fileDrop      `yaml:"drop,omitempty" doc:"lose packets from one host to another at random; a lost packet is sent again, as TCP does"`
}

// fileFault is what a script says about one fault.
type fileFault interface {
	given() bool
	// load makes the fault from what was written.
	load(*loader) (Fault, error)
	// inWords says what a fault of this kind does, as an order: "pause client-1 for 1.5ttl (15s)".
	inWords(Fault, *Scenario) string
}

// kinds yields each kind of fault with its row.
func (d *fileDo) kinds() iter.Seq2[sim.FaultKind, fileFault] {
	return func(yield func(sim.FaultKind, fileFault) bool) {
		v := reflect.ValueOf(d).Elem()
		for _, k := range keysOf(v.Type()) {
			if !yield(sim.FaultKind(k.name), v.Field(k.field).Addr().Interface().(fileFault)) {
				return
			}
		}
	}
}

// read reads the one fault of a step.
func (d *fileDo) read(s *source, name string, n ast.Node) error {
	entries, ok, err := s.entries(n)
	switch {
	case err != nil:
		return err
	case ok && len(entries) == 0:
		return s.fail(at(n), "do names no fault", "one of "+listed(faultNames()), "")
	case ok && len(entries) > 1:
		return s.fail(entries[1].key.place, "do names more than one fault", "one fault", "put each fault into its own step")
	}
	return s.decodeFields(name, n, d)
}

// fault resolves the fault of a step.
func (l *loader) fault(d fileDo) (Fault, error) {
	for _, f := range d.kinds() {
		if f.given() {
			return f.load(l)
		}
	}
	return Fault{}, l.fail(d.place, "do names no fault", "one of "+listed(faultNames()), "")
}

// inWords says what the fault does, as an order.
func (f Fault) inWords(s *Scenario) string {
	for kind, row := range new(fileDo).kinds() {
		if kind == f.Bare.Kind {
			return row.inWords(f, s)
		}
	}
	panic(fmt.Sprintf("no script can ask for the fault %q", string(f.Bare.Kind)))
}

// faultNames lists the faults that a script can ask for.
func faultNames() []string {
	var names []string
	for _, k := range sim.FaultKinds() {
		names = append(names, string(k))
	}
	return names
}
