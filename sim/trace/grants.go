package trace

import "github.com/locklab/locklab/sim"

// Grant is one time that the lock service granted the lock. If the same name is granted again
// after its end, that is a separate grant.
type Grant struct {
	Name      string
	Client    sim.HostID // the client it was given to, see Owner; empty if the history does not say
	Rank      int64      // 1, 2, 3, … in the order of the service
	Proof     *sim.Event // the first event that proves the grant
	Granted   *sim.Event
	Acquired  *sim.Event // the client was told; nil if it never was
	Ended     *sim.Event // the service ended it, because its time was up or on request; nil if it did not
	Forgotten *sim.Event // a server no longer knew of it after a crash; nil if that did not happen
}

// TokenEvent returns the event that says which token the grant carried: what its client received
// or, if the client never got the answer, what the service recorded.
func (g *Grant) TokenEvent() *sim.Event {
	if g.Acquired != nil && g.Acquired.Token != 0 {
		return g.Acquired
	}
	return g.Granted
}

// Token returns the fencing token of the grant; 0 means that it had none.
func (g *Grant) Token() uint64 { return g.TokenEvent().Token }

// Owner returns the client of the grant with this name, or "" if the history does not say.
//
// That is the client that asked for the grant or was told of it, the last one if there are
// several: clients choose unique names. If no client ever named it, it is the client that the
// service named last or, without a service, the client on whose own host the lock was given. A
// grant without a name has no owner.
func (t *Trace) Owner(grant string) sim.HostID { return t.owners[grant] }

func (t *Trace) readOwners() {
	t.owners = map[string]sim.HostID{}
	named := map[string]sim.HostID{} // by the service
	for i := range t.History.Events {
		e := &t.History.Events[i]
		switch {
		case e.Grant == "":
		case e.Kind == sim.AcquireSent || e.Kind == sim.Acquired:
			t.owners[e.Grant] = e.Host
		case e.Kind == sim.Granted && e.Client != "":
			named[e.Grant] = e.Client
		case e.Kind == sim.Granted && t.History.IsClient(e.Host):
			named[e.Grant] = e.Host
		}
	}
	for grant, client := range named {
		if _, told := t.owners[grant]; !told {
			t.owners[grant] = client
		}
	}
}

// readGrants reads what the lock service did, in its own order. The service's events may be
// stamped late (see Lag), so a grant counts as given from when its client was told, if that is
// stamped earlier. But if the service keeps the account as well, only its own order counts,
// which includes the account's events.
func (t *Trace) readGrants() {
	t.known = map[int][]*Grant{}
	latest := map[string]*Grant{}
	early := map[string]int{} // acquired events stamped before their grant
	proofs := []int{}         // for each grant, the index of its proof
	for i := range t.History.Events {
		e := &t.History.Events[i]
		g := latest[e.Grant]
		switch e.Kind {
		case sim.Granted:
			proof := i
			g = &Grant{Name: e.Grant, Client: t.owners[e.Grant], Rank: int64(len(t.Grants) + 1), Proof: e, Granted: e}
			if at, was := early[g.Name]; was {
				g.Acquired = &t.History.Events[at]
				if !t.History.Header.Inside {
					proof, g.Proof = at, g.Acquired
				}
				delete(early, g.Name)
			}
			t.Grants, proofs = append(t.Grants, g), append(proofs, proof)
			latest[g.Name] = g
		case sim.Acquired:
			if g == nil || g.Acquired != nil {
				early[e.Grant] = i
			} else {
				g.Acquired = e
			}
		case sim.Expired, sim.Freed:
			if g != nil && g.Ended == nil {
				g.Ended = e
			}
		case sim.Forgotten:
			if g != nil && g.Forgotten == nil {
				g.Forgotten = e
			}
		}
	}
	for n, g := range t.Grants {
		t.known[proofs[n]] = append(t.known[proofs[n]], g)
	}
	for i := range t.History.Events {
		e := &t.History.Events[i]
		if at, was := early[e.Grant]; was && at == i && e.Kind == sim.Acquired {
			t.Ungranted = append(t.Ungranted, e)
		}
	}
}

// ProvenBy lists the grants for which the event with this index in the history is the first
// proof.
func (t *Trace) ProvenBy(index int) []*Grant { return t.known[index] }
