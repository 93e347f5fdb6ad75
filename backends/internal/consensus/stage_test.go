package consensus

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

var etcdTiming = Timing{Election: time.Second, Heartbeat: 100 * time.Millisecond}

// cluster is a register that is replicated on some members, and what was seen of them.
type cluster struct {
	world   *virtual.World
	members []sim.HostID
	server  []*Server // the latest start of each
	value   []uint64  // the register on each member
	lines   []string  // who became what
	watch   *invariants
}

// setTo is the command that writes the register.
type setTo uint64

func newCluster(seed uint64, members int, watch *invariants) *cluster {
	c := &cluster{world: virtual.New(seed), watch: watch}
	for i := range members {
		c.members = append(c.members, sim.HostID(fmt.Sprintf("node-%d", i+1)))
		c.world.AddHost(c.members[i])
	}
	c.server, c.value = make([]*Server, members), make([]uint64, members)
	for i, id := range c.members {
		h := c.world.Host(id)
		h.Boot(func() { c.boot(h, i) })
	}
	return c
}

func (c *cluster) boot(h *virtual.Host, i int) {
	c.value[i] = 0
	c.watch.started(i)
	c.server[i] = Start(h, Config{
		Members: c.members, Timing: etcdTiming,
		Apply: func(e Entry) any {
			c.watch.applied(i, e)
			c.value[i] = uint64(e.Command.(setTo))
			return nil
		},
		Changed: func(s Status) {
			line := fmt.Sprintf("%v %s: %s in term %d", c.world.Now().Round(time.Millisecond), h.ID(), s.Role, s.Term)
			if s.Role == Follower && s.Leader != "" {
				line += " of " + string(s.Leader)
			}
			c.lines = append(c.lines, line)
			if s.Role == Leader {
				c.watch.leads(h.ID(), s.Term, c.server[i].Log())
			}
		},
	})
	h.ServeLater(func(_ sim.HostID, request any, call *virtual.Call) { c.serve(i, request, call.Reply) })
}

// notLeader is the answer of a member that does not lead, or no longer does.
type notLeader struct{}

func (c *cluster) serve(i int, request any, reply func(any)) {
	if v, ok := request.(setTo); ok {
		led := c.server[i].Propose(v, func(_ any, ok bool) {
			if ok {
				reply("ok")
			} else {
				reply(notLeader{})
			}
		})
		if !led {
			reply(notLeader{})
		}
		return
	}
	c.server[i].Read(func(ok bool) {
		if ok {
			reply(c.value[i])
		} else {
			reply(notLeader{})
		}
	})
}

func (c *cluster) host(i int) *virtual.Host { return c.world.Host(c.members[i]) }

// isolate cuts a member off from the other members, or reconnects it.
func (c *cluster) isolate(i int, cut bool) {
	for _, other := range c.members {
		if other == c.members[i] {
			continue
		}
		if cut {
			c.world.Cut(other, c.members[i])
			c.world.Cut(c.members[i], other)
		} else {
			c.world.Mend(other, c.members[i])
			c.world.Mend(c.members[i], other)
		}
	}
}

// leader returns the member that leads the highest term, -1 if none leads.
func (c *cluster) leader() int {
	best := -1
	for i, s := range c.server {
		if s.Status().Role == Leader && !c.host(i).Down() && (best < 0 || s.Status().Term > c.server[best].Status().Term) {
			best = i
		}
	}
	return best
}

func (c *cluster) run(t rapid.TB, until time.Duration) {
	t.Helper()
	defer c.world.Close()
	if err := c.world.Run(until); err != nil {
		t.Fatal(err)
	}
	c.watch.logsMatch(c.server)
}

// expect compares who became what with a transcript.
func (c *cluster) expect(t *testing.T, until time.Duration, transcript string) {
	t.Helper()
	c.run(t, until)
	got, want := strings.Join(c.lines, "\n"), strings.ReplaceAll(strings.TrimSpace(transcript), "\t", "")
	if got != want {
		t.Errorf("what happened:\n%s\nexpected:\n%s", got, want)
	}
}

// invariants are the promises of Raft (figure 3 of the paper), checked against everything that
// members do.
type invariants struct {
	t         rapid.TB
	leaders   []string // by term
	committed []Entry  // as members have applied them
	next      []uint64 // by member: what it must apply next
}

func newInvariants(t rapid.TB) *invariants { return &invariants{t: t} }

func (v *invariants) started(member int) {
	for len(v.next) <= member {
		v.next = append(v.next, 0)
	}
	v.next[member] = 0
}

// applied checks state machine safety: no two members apply different commands at one index, and
// each applies them in order.
func (v *invariants) applied(member int, e Entry) {
	if e.Index <= v.next[member] {
		v.t.Fatalf("member %d applied entry %d after entry %d", member, e.Index, v.next[member])
	}
	v.next[member] = e.Index
	i, found := slices.BinarySearchFunc(v.committed, e, func(a, b Entry) int { return int(a.Index) - int(b.Index) })
	if !found {
		if i != len(v.committed) {
			v.t.Fatalf("member %d applied entry %d, which others left out", member, e.Index)
		}
		v.committed = append(v.committed, e)
	} else if !reflect.DeepEqual(v.committed[i], e) {
		v.t.Fatalf("state machine safety: member %d applied %v where another had applied %v", member, e, v.committed[i])
	}
}

// leads checks election safety, at most one leader per term, and leader completeness: a leader's
// log has everything that was committed in earlier terms.
func (v *invariants) leads(id sim.HostID, term uint64, log []Entry) {
	for uint64(len(v.leaders)) <= term {
		v.leaders = append(v.leaders, "")
	}
	if was := v.leaders[term]; was != "" && was != string(id) {
		v.t.Fatalf("election safety: %s and %s both led term %d", was, id, term)
	}
	v.leaders[term] = string(id)
	if term+1 < uint64(len(v.leaders)) {
		return // delayed votes: a later term has already had its leader
	}
	for _, e := range v.committed {
		if e.Index > uint64(len(log)) || !reflect.DeepEqual(log[e.Index-1], e) {
			v.t.Fatalf("leader completeness: %s leads term %d without the committed entry %v", id, term, e)
		}
	}
}

// logsMatch checks log matching: two logs with an entry of the same index and term are the same up
// to there.
func (v *invariants) logsMatch(servers []*Server) {
	for i, a := range servers {
		for _, b := range servers[i+1:] {
			la, lb := a.Log(), b.Log()
			for k := min(len(la), len(lb)); k > 0; k-- {
				if la[k-1].Term != lb[k-1].Term {
					continue
				}
				if !reflect.DeepEqual(la[:k], lb[:k]) {
					v.t.Fatalf("log matching: %v and %v agree at the end but not before", la[:k], lb[:k])
				}
				break
			}
		}
	}
}
