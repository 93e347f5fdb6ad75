package trial

import (
	"time"

	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// plan resolves the workload for the trial's client with this index, from 0.
func (t Trial) plan(index int) workload.Plan {
	s, ttl := t.Scenario, t.TTL
	w, d := s.OwnOf(index).In(s.Workload), s.DisciplineOf(index, t.Discipline)
	p := workload.Plan{
		Kind:   w.Kind,
		Times:  w.Times,
		Start:  startOf(w, index, ttl, t.Seed),
		Every:  w.Every.In(ttl),
		Think:  w.Think.In(ttl),
		Wait:   w.Wait.In(ttl),
		Answer: s.Until.In(ttl),

		Discipline: d.Kind,
		Late:       d.Late.In(ttl),
	}
	if least := w.ThinkAtLeast; least != nil {
		from := least.In(ttl)
		p.ThinkAtLeast, p.Seed = &from, t.Seed
	}
	return p
}

// startOf returns when the client with this index begins.
func startOf(w script.Workload, index int, ttl time.Duration, seed uint64) time.Duration {
	most := w.Stagger.In(ttl)
	if w.StaggerAtLeast == nil {
		return time.Duration(index) * most
	}
	var start time.Duration
	for i := 1; i <= index; i++ {
		start += sim.DrawLength(seed, "stagger of "+string(sim.ClientID(i)), w.StaggerAtLeast.In(ttl), most)
	}
	return start
}
