package trace

import "github.com/locklab/locklab/sim"

// Grant is one time that the lock service gave the lock away. Its name may come up again when
// it is asked for again after it has ended; each time is a grant of its own.
type Grant struct {
	Name      string
	Client    sim.HostID // whom it was given to, see Owner; empty: the history does not tell
	Rank      int64      // 1, 2, 3, … in the order of the service
	Proof     *sim.Event // the first event that proves that it had been given
	Granted   *sim.Event
	Acquired  *sim.Event // the client was told; nil: it never was
	Ended     *sim.Event // the service ended it: its time was up, or it was asked to; nil: it did not
	Forgotten *sim.Event // a server no longer knew of it after a crash; nil: none did
}

// TokenEvent is the event that says which token the grant carried: what its client received,
// and for one that never had the answer what the service recorded.
func (g *Grant) TokenEvent() *sim.Event {
	if g.Acquired != nil && g.Acquired.Token != 0 {
		return g.Acquired
	}
	return g.Granted
}

// Token is the fencing token of the grant; 0: it had none.
func (g *Grant) Token() uint64 { return g.TokenEvent().Token }

// Owner is the client that a grant is for, by its name; empty if the history does not tell.
//
// It is the client that asked for the grant or was told of it, the last one if there are
// several: clients choose names that nobody else has. If no client ever named it, it is the
// client that the service named last, or on whose own host the lock was given, as there is no
// service. A grant without a name is nobody's.
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
// stamped late (see Lag), so a grant counts as given from the moment its client was told, if
// that is stamped earlier; but where the service keeps the account as well, its own order with
// what becomes of that is what counts.
func (t *Trace) readGrants() {
	t.known = map[int][]*Grant{}
	latest := map[string]*Grant{}
	early := map[string]int{} // acquired events that were stamped before their grant
	proofs := []int{}         // of each grant, the index of its proof
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

// ProvenBy lists the grants that the event with this index in the history is the first to
// prove.
func (t *Trace) ProvenBy(index int) []*Grant { return t.known[index] }
