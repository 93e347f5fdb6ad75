package sim

// Director carries out the steps of a scenario. Nothing else reads the event stream while a
// trial runs.
type Director struct {
	world   World
	steps   []Step
	seen    []int // seen[i] is the number of events that have matched step i's trigger
	firings int64 // number of faults requested so far
	players players
}

// NewDirector returns a director of the given steps.
func NewDirector(world World, steps []Step) *Director {
	return &Director{world: world, steps: steps, seen: make([]int, len(steps))}
}

// Start schedules the steps that fire at a fixed time.
func (d *Director) Start() {
	for i, s := range d.steps {
		if s.When.Kind == "" {
			d.world.After(s.When.After, func() { d.fire(i, 1) })
		}
	}
}

// Observe is called for every event that a process records, as it is recorded. When it returns,
// every step that waited for this event without a delay has been applied.
func (d *Director) Observe(e Event) {
	d.players.see(e)
	for i, s := range d.steps {
		if s.When.Kind == "" || s.When.Kind != e.Kind || s.When.Host != e.Host {
			continue
		}
		d.seen[i]++
		if d.seen[i] != s.When.Nth {
			continue
		}
		if s.When.Holds() {
			d.fire(i, 1)
			continue
		}
		d.world.After(s.When.After, func() { d.fire(i, 1) })
	}
}

// Faults lists the faults of the steps as the script asks for them. Event.Fault is a 1-based
// index into this list.
func (d *Director) Faults() (all []Fault) {
	for _, s := range d.steps {
		all = append(all, s.Do)
	}
	return all
}

// fire carries out a step for the nth time and schedules the next time, if any.
func (d *Director) fire(step, nth int) {
	s := d.steps[step]
	d.carryOut(s.Do, int64(step+1))
	if s.Every > 0 && (s.Times == 0 || nth < s.Times) {
		d.world.After(s.Every, func() { d.fire(step, nth+1) })
	}
}

// carryOut resolves which hosts are meant and applies the fault to each of them.
func (d *Director) carryOut(asked Fault, number int64) {
	firing := d.firings
	d.firings++
	faults, note, err := d.resolve(asked)
	if err != nil {
		d.world.RecordFault(Event{Kind: FaultUnproven, Fault: number, Firing: firing, Note: "could not be applied: " + err.Error()})
		return
	}
	for _, f := range faults {
		f.Firing = firing
		run := &faultRun{director: d, fault: f, number: number}
		d.world.Await(f, func() { run.begin(note) })
	}
}

// faultRun is one application of a fault to one host, or to a set of links.
type faultRun struct {
	director *Director
	fault    Fault
	number   int64 // see Event.Fault
}

// begin applies the fault, proves it, and schedules its end. The fault is proven a second time
// just before the end: a fault that did not last is not the fault that was asked for.
func (r *faultRun) begin(note string) {
	d, f := r.director, r.fault
	if err := d.world.Apply(f); err != nil {
		r.record(FaultUnproven, "could not be applied: "+err.Error())
		return
	}
	if f.Kind.SwitchesOff() {
		d.players.crashed(f.Host)
	}
	d.world.RecordFault(Event{Kind: FaultApplied, Host: f.Host, Hosts: f.ends(), Fault: r.number, Firing: f.Firing, Parted: f.Parted(), Note: note})
	r.prove("after it was applied")
	if f.For > 0 {
		d.world.After(f.For, r.end)
	}
}

func (r *faultRun) end() {
	d, f := r.director, r.fault
	r.prove("before it was undone")
	if f.Kind.SwitchesOff() {
		d.players.restarted(f.Host)
	}
	if err := d.world.Undo(f); err != nil {
		r.record(FaultUnproven, "could not be undone: "+err.Error())
		return
	}
	r.record(FaultUndone, "")
}

func (r *faultRun) prove(when string) {
	if err := r.director.world.Probe(r.fault); err != nil {
		r.record(FaultUnproven, when+": "+err.Error())
		return
	}
	r.record(FaultProven, when)
}

func (r *faultRun) record(k Kind, note string) {
	r.director.world.RecordFault(Event{Kind: k, Host: r.fault.Host, Fault: r.number, Firing: r.fault.Firing, Note: note})
}
