package sim

// Director carries out the steps of a scenario. It is the only thing that reads the
// event stream while a trial runs.
type Director struct {
	world World
	steps []Step
	seen  []int // seen[i]: how many events have matched step i's trigger
}

// NewDirector makes a director of these steps.
func NewDirector(world World, steps []Step) *Director {
	return &Director{world: world, steps: steps, seen: make([]int, len(steps))}
}

// Start sets the steps going that fire at a point of time.
func (d *Director) Start() {
	for _, s := range d.steps {
		if s.When.Kind == "" {
			d.world.After(s.When.After, func() { d.carryOut(s.Do) })
		}
	}
}

// Observe is told of every event that a process records, as it is recorded. When it
// returns, each step that waited for this event without a delay has been applied.
func (d *Director) Observe(e Event) {
	for i, s := range d.steps {
		if s.When.Kind == "" || s.When.Kind != e.Kind || s.When.Host != e.Host {
			continue
		}
		d.seen[i]++
		if d.seen[i] != s.When.Nth {
			continue
		}
		if s.When.Holds() {
			d.carryOut(s.Do)
			continue
		}
		d.world.After(s.When.After, func() { d.carryOut(s.Do) })
	}
}

// carryOut applies a fault, proves it, and sees to its end. It is proven a second time
// just before the end: a fault that did not last is not the fault that was asked for.
func (d *Director) carryOut(f Fault) {
	about := func(k Kind, note string) {
		d.world.RecordFault(Event{Kind: k, Host: f.Host, Fault: f.Lane(), Note: note})
	}
	prove := func(when string) {
		if err := d.world.Probe(f); err != nil {
			about(FaultUnproven, when+": "+err.Error())
			return
		}
		about(FaultProven, when)
	}
	if err := d.world.Apply(f); err != nil {
		about(FaultUnproven, "could not be applied: "+err.Error())
		return
	}
	about(FaultApplied, "")
	prove("after it was applied")
	if f.For == 0 {
		return
	}
	d.world.After(f.For, func() {
		prove("before it was undone")
		if err := d.world.Undo(f); err != nil {
			about(FaultUnproven, "could not be undone: "+err.Error())
			return
		}
		about(FaultUndone, "")
	})
}
