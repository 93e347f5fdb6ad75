package trace

import (
	"cmp"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Spell is an interval of true time in which a client believed that it held the lock, or worked
// under it.
type Spell struct {
	Client   sim.HostID
	From, To time.Duration
	Began    *sim.Event   // the acquisition, or the renewal that revived the belief
	Ended    *sim.Event   // what ended it, or the last event of the history
	Open     bool         // nothing ended it
	Passed   []*sim.Event // for work: the events after which the client worked on, or which its write outlasted
}

// HeldUntilTold returns the times in which clients believed that they held the lock, in the order
// in which they began. A belief ends when the client asks to release the lock or is told that it
// lost it. This is Kleppmann's reading of "holding a lock". A client that crashes no longer
// believes anything. If beliefs cannot be matched to grants, it returns an error.
func (t *Trace) HeldUntilTold() ([]Spell, error) {
	return t.spells(func(b *Belief, add func(began, ended *sim.Event)) { add(b.Began, b.Ended) })
}

// HeldWhileValid is like HeldUntilTold, but a belief also ends when the client's own clock reaches
// the deadline that the client computed. The belief resumes if the lease is prolonged after that.
// This is antirez's reading.
func (t *Trace) HeldWhileValid() ([]Spell, error) {
	return t.spells(func(b *Belief, add func(began, ended *sim.Event)) {
		for _, p := range b.Pieces {
			if p.Valid {
				add(p.Began, p.Ended)
			}
		}
	})
}

// spells returns what each belief adds.
func (t *Trace) spells(each func(b *Belief, add func(began, ended *sim.Event))) (all []Spell, err error) {
	if t.Unclear != nil {
		return nil, t.Unclear
	}
	for _, b := range t.Beliefs {
		each(b, func(began, ended *sim.Event) {
			s := Spell{Client: b.Client, From: began.At, Began: began, Ended: ended}
			if ended == nil {
				s.Ended, s.Open = t.End(), true
			}
			s.To = s.Ended.At
			all = append(all, s)
		})
	}
	slices.SortStableFunc(all, func(a, b Spell) int { return cmp.Compare(a.Began.Seq, b.Began.Seq) })
	return all, nil
}
