package script

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// OwnClient holds the settings in which one client differs from the others. What is nil, 0 or empty
// is the same as for them.
type OwnClient struct {
	Index        int // from 0
	Think        *sim.Span
	ThinkAtLeast *sim.Span // set if Think is drawn, see Workload
	Times        int
	Wait         *sim.Span
	Discipline   *Discipline
	TTL          *sim.Span    // lease of its lock
	Lock         []LockOption // options for every backend that has them
}

// OwnOf returns the settings in which the client with this index differs from the others.
func (s *Scenario) OwnOf(index int) OwnClient {
	if i := slices.IndexFunc(s.Own, func(o OwnClient) bool { return o.Index == index }); i >= 0 {
		return s.Own[i]
	}
	return OwnClient{Index: index}
}

// Lease returns the lease of the client's lock in a trial whose lease is ttl.
func (o OwnClient) Lease(ttl time.Duration) time.Duration {
	if o.TTL == nil {
		return ttl
	}
	return o.TTL.In(ttl)
}

// Locks reports whether the client's lock has a lease or options of its own.
func (o OwnClient) Locks() bool { return o.TTL != nil || len(o.Lock) > 0 }

// Spec returns the backend with the options of the client's lock.
func (o OwnClient) Spec(spec backends.Spec) (backends.Spec, error) {
	for _, each := range o.Lock {
		with, _, err := spec.With(each.Name, each.Value)
		if err != nil {
			return spec, err
		}
		spec = with
	}
	return spec, nil
}

// Settings resolves the settings of the client's lock.
func (o OwnClient) Settings(spec backends.Spec, ttl time.Duration, token bool) (backends.Settings, error) {
	spec, err := o.Spec(spec)
	if err != nil {
		return backends.Settings{}, err
	}
	return spec.ClientSettings(ttl, o.Lease(ttl), token)
}

// DisciplineOf returns the discipline of the client with this index in a cell whose discipline is of.
func (s *Scenario) DisciplineOf(index int, of Discipline) Discipline {
	if d := s.OwnOf(index).Discipline; d != nil {
		return *d
	}
	return of
}

// indexOf returns the index of a client. For any other host it returns a number that is no client's
// index: -1 for a server.
func (s *Scenario) indexOf(host sim.HostID) int { return slices.Index(s.Hosts(), host) }

// In returns the workload with the client's own settings.
func (o OwnClient) In(w Workload) Workload {
	if o.Think != nil {
		w.Think, w.ThinkAtLeast = *o.Think, o.ThinkAtLeast
	}
	if o.Times > 0 {
		w.Times = o.Times
	}
	if o.Wait != nil {
		w.Wait = *o.Wait
	}
	return w
}

// inWords describes the client's own settings: "works for 8ttl (80s), has a lease of 4s (0.4ttl)".
func (o OwnClient) inWords(s *Scenario) string {
	var parts []string
	if o.Think != nil {
		parts = append(parts, "works for "+drawnInWords(o.ThinkAtLeast, *o.Think, s.TTL))
	}
	if o.Times > 0 {
		text := fmt.Sprintf("makes %d withdrawals", o.Times)
		if o.Times == 1 {
			text = "makes 1 withdrawal"
		}
		parts = append(parts, text)
	}
	if o.Wait != nil {
		parts = append(parts, "waits at most "+inBoth(*o.Wait, s.TTL)+" for the lock")
	}
	if o.Discipline != nil {
		parts = append(parts, "is "+o.Discipline.String())
	}
	if o.TTL != nil {
		parts = append(parts, "has a lease of "+inBoth(*o.TTL, s.TTL))
	}
	for _, each := range o.Lock {
		parts = append(parts, fmt.Sprintf("has %s=%s", each.Name, each.Value))
	}
	return strings.Join(parts, ", ")
}

// ownLocks lists the options of single clients' locks.
func (s *Scenario) ownLocks() (all []LockOption) {
	for _, o := range s.Own {
		all = append(all, o.Lock...)
	}
	return all
}

// OwnInWords describes the own settings of each client that has any.
func (s *Scenario) OwnInWords() (told []string) {
	for _, o := range s.Own {
		told = append(told, fmt.Sprintf("%s %s", sim.ClientID(o.Index), o.inWords(s)))
	}
	return told
}
