package script

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
)

// fileDo is the format's table of faults (see file.go), one row for each kind: its key, what it
// does, and the type that reads its keys, makes a Fault of them and puts it into words. The types
// are in hostfaults.go and linkfaults.go.
type fileDo struct {
	strict.Place `yaml:"-"`
	Pause        filePause     `yaml:"pause,omitempty" doc:"stop every process of a host while its clocks go on, as a garbage collection or SIGSTOP does"`
	Suspend      fileSuspend   `yaml:"suspend,omitempty" doc:"stop every process of a host and its monotonic clock, while its wall clock goes on, as a suspended virtual machine does"`
	Crash        fileCrash     `yaml:"crash,omitempty" doc:"switch a host off; it loses its memory and whatever it had not synced to disk"`
	StallDisk    fileStall     `yaml:"stall-disk,omitempty" doc:"block every disk sync of a host's programs until the fault is over, while its processes, clocks and network keep running"`
	Clock        fileClock     `yaml:"clock,omitempty" doc:"step a clock of a host, or change the rate at which it runs"`
	Partition    filePartition `yaml:"partition,omitempty" doc:"block all packets between groups of hosts, or from some hosts to others"`
	Delay        fileDelay     `yaml:"delay,omitempty" doc:"make every packet from one host to another arrive later"`
	Hold         fileHold      `yaml:"hold,omitempty" doc:"make one message arrive later: the one on its way from one host to another at this moment, or if there is none the next one"`
	Drop         fileDrop      `yaml:"drop,omitempty" doc:"lose packets from one host to another at random; a lost packet is sent again, as TCP does"`
}

// fileFault is what a script says about one fault.
type fileFault interface {
	Given() bool
	// load makes the fault from what was written.
	load(*Loader) (Fault, error)
	// inWords says what a fault of this kind does, as an order: "pause client-1 for 1.5ttl (15s)".
	inWords(Fault, *Scenario) string
}

// kinds yields each kind of fault with its row.
func (d *fileDo) kinds() iter.Seq2[sim.FaultKind, fileFault] {
	return func(yield func(sim.FaultKind, fileFault) bool) {
		v := reflect.ValueOf(d).Elem()
		for _, k := range strict.KeysOf(v.Type()) {
			if !yield(sim.FaultKind(k.Name), v.Field(k.Field).Addr().Interface().(fileFault)) {
				return
			}
		}
	}
}

// read reads the one fault of a step.
func (d *fileDo) Read(s *strict.Source, name string, n ast.Node) error {
	entries, ok, err := s.Entries(n)
	switch {
	case err != nil:
		return err
	case ok && len(entries) == 0:
		return s.Fail(strict.At(n), "do names no fault", "one of "+strict.Listed(faultNames()), "")
	case ok && len(entries) > 1:
		return s.Fail(entries[1].Key.Place, "do names more than one fault", "one fault", "put each fault into its own step")
	}
	return s.DecodeFields(name, n, d)
}

// fault resolves the fault of a step.
func (l *Loader) fault(d fileDo) (Fault, error) {
	for _, f := range d.kinds() {
		if f.Given() {
			return f.load(l)
		}
	}
	return Fault{}, l.Fail(d.Place, "do names no fault", "one of "+strict.Listed(faultNames()), "")
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

// onHosts resolves the hosts and the length of a fault.
func (l *Loader) onHosts(bare sim.Fault, hosts hostWords, long length) (Fault, error) {
	var err error
	if bare.Hosts, err = l.targets(hosts); err != nil {
		return Fault{}, err
	}
	return l.lasting(bare, long)
}

// onLinks resolves the links and the length of a fault.
func (l *Loader) onLinks(bare sim.Fault, from, to hostWords, long length) (Fault, error) {
	if err := l.links(&bare, from, to); err != nil {
		return Fault{}, err
	}
	return l.lasting(bare, long)
}

// links resolves the two ends of the links and stores them in bare.
func (l *Loader) links(bare *sim.Fault, from, to hostWords) error {
	var err error
	if bare.From, err = l.targets(from); err != nil {
		return err
	}
	if bare.To, err = l.targets(to); err != nil {
		return err
	}
	if len(bare.From) == 1 && slices.Equal(bare.From, bare.To) {
		return l.Fail(to.List[0].Place, fmt.Sprintf("%s has no link to itself", bare.From[0]), "another host", "")
	}
	return nil
}

// lasting resolves how long a fault lasts. Fault.For stays nil if the file gives no length.
func (l *Loader) lasting(bare sim.Fault, d length) (Fault, error) {
	fault := Fault{Bare: bare}
	if !d.Given() {
		return fault, nil
	}
	fault.For = &d.most.Span
	fault.ForAtLeast = d.drawnFrom()
	if err := l.even(d); err != nil {
		return Fault{}, err
	}
	if d.most.In(l.out.TTL) == 0 {
		return Fault{}, l.Fail(d.most.Place, fmt.Sprintf("a %s that lasts 0 does nothing", bare.Kind), "more than 0, such as 1.5ttl", "")
	}
	return fault, l.sane("for", d.most)
}

// even refuses a drawn length whose least value is above its most.
func (l *Loader) even(d length) error {
	if d.least.Given() && d.least.In(l.out.TTL) > d.most.In(l.out.TTL) {
		return l.Fail(d.least.Place, fmt.Sprintf("uniform goes from %s down to %s", d.least, d.most), "the smaller value first", "")
	}
	return nil
}

// targets resolves the names of hosts and roles.
func (l *Loader) targets(words hostWords) ([]sim.HostID, error) {
	var ids []sim.HostID
	for _, w := range words.List {
		id, err := l.target(w)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, l.somebody(words, ids)
}

// somebody refuses a list that names only the lock service's servers if some backend of the
// scenario has none and the scenario does not say that it makes no sense with that one.
func (l *Loader) somebody(words hostWords, ids []sim.HostID) error {
	if len(ids) == 0 || slices.ContainsFunc(ids, func(id sim.HostID) bool { return id != sim.Servers }) {
		return nil
	}
	for _, spec := range l.specs {
		if len(l.serversOf(spec)) == 0 && l.out.Misfit(spec) == nil {
			always, _ := l.servers()
			return l.Fail(words.List[0].Place, fmt.Sprintf("backend %s has no servers that this fault could hit", spec),
				l.hostNames(always), "list under backends only those that have servers, or say under not-applicable why the others have no such fault")
		}
	}
	return nil
}

// target resolves the name of a host that exists in every cell of the scenario, or of a role. Which
// host plays a role is only known when the step fires.
func (l *Loader) target(w strict.Word) (sim.HostID, error) {
	if id := sim.HostID(w.Text); sim.IsRole(id) {
		return id, nil
	}
	id, err := l.host(w)
	var bad *strict.Error
	if errors.As(err, &bad) {
		var roles []string
		for _, r := range sim.Roles() {
			roles = append(roles, string(r))
		}
		bad.Expected += "; or a role: " + strict.Listed(roles)
		if bad.Todo == "" {
			bad.Todo = strict.DidYouMean(w.Text, roles)
		}
	}
	return id, err
}
