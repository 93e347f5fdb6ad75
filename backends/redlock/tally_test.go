package redlock

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/sim"
)

// scribe is a node that writes down what the tally makes of its actions.
type scribe struct {
	id  sim.HostID
	out *[]sim.Event
}

func (s scribe) ID() sim.HostID     { return s.id }
func (s scribe) Record(e sim.Event) { *s.out = append(*s.out, e) }

func TestWhatNodesDoAmountsToWhatAMajorityOfThemDoes(t *testing.T) {
	const a, b = "redis-1", "redis-2"
	const c = "redis-3"
	type doing struct {
		node sim.HostID
		kind sim.Kind
	}
	for _, each := range []struct {
		name   string
		doings []doing
		amount []sim.Kind // for the service as a whole
	}{
		{"one vote is no grant", []doing{{a, sim.Granted}, {a, sim.Expired}}, nil},
		{"two of three are", []doing{{a, sim.Granted}, {b, sim.Granted}}, []sim.Kind{sim.Granted}},
		{"and the third adds nothing", []doing{{a, sim.Granted}, {b, sim.Granted}, {c, sim.Granted}}, []sim.Kind{sim.Granted}},
		{"one of three may forget", []doing{{a, sim.Granted}, {b, sim.Granted}, {c, sim.Granted}, {a, sim.Forgotten}}, []sim.Kind{sim.Granted}},
		{"two may not", []doing{{a, sim.Granted}, {b, sim.Granted}, {c, sim.Granted}, {a, sim.Freed}, {b, sim.Forgotten}},
			[]sim.Kind{sim.Granted, sim.Forgotten}},
		{"a majority prolongs", []doing{{a, sim.Granted}, {b, sim.Granted}, {a, sim.Extended}, {b, sim.Extended}},
			[]sim.Kind{sim.Granted, sim.Extended}},
		{"one node twice is no majority", []doing{{a, sim.Granted}, {b, sim.Granted}, {a, sim.Extended}, {a, sim.Extended}},
			[]sim.Kind{sim.Granted}},
		{"what is held by no majority cannot be prolonged by one",
			[]doing{{a, sim.Granted}, {b, sim.Granted}, {a, sim.Extended}, {a, sim.Expired}, {b, sim.Extended}},
			[]sim.Kind{sim.Granted, sim.Expired}},
		{"an old prolongation does not count for a new vote",
			[]doing{{a, sim.Granted}, {b, sim.Granted}, {a, sim.Extended}, {a, sim.Expired}, {a, sim.Granted}, {b, sim.Extended}},
			[]sim.Kind{sim.Granted, sim.Expired, sim.Granted}},
		{"and counts anew from there",
			[]doing{{a, sim.Granted}, {b, sim.Granted}, {a, sim.Extended}, {b, sim.Extended}, {a, sim.Expired}, {a, sim.Granted}, {b, sim.Extended}, {a, sim.Extended}},
			[]sim.Kind{sim.Granted, sim.Extended, sim.Expired, sim.Granted, sim.Extended}},
		{"a majority may come together again", []doing{{a, sim.Granted}, {b, sim.Granted}, {a, sim.Expired}, {c, sim.Granted}},
			[]sim.Kind{sim.Granted, sim.Expired, sim.Granted}},
	} {
		var out []sim.Event
		count := newTally([]sim.HostID{a, b, c}, 2)
		for _, d := range each.doings {
			count.note(scribe{d.node, &out}, sim.Event{Kind: d.kind, Grant: "x"})
		}
		var service []sim.Kind
		nodes := 0
		for _, e := range out {
			switch e.Kind {
			case sim.NodeGranted, sim.NodeExtended, sim.NodeEnded:
				nodes++
			default:
				service = append(service, e.Kind)
			}
		}
		if !slices.Equal(service, each.amount) || nodes != len(each.doings) {
			t.Errorf("%s: %v and %d doings of nodes, expected %v and %d", each.name, service, nodes, each.amount, len(each.doings))
		}
	}
}

func TestTheTallyForgetsWhatIsOver(t *testing.T) {
	var out []sim.Event
	count := newTally([]sim.HostID{"redis-1"}, 1)
	for _, grant := range []string{"a", "b", "c"} {
		count.note(scribe{"redis-1", &out}, sim.Event{Kind: sim.Granted, Grant: grant})
		count.note(scribe{"redis-1", &out}, sim.Event{Kind: sim.Freed, Grant: grant})
	}
	if len(count.open) != 0 {
		t.Errorf("it still counts %d leases", len(count.open))
	}
}
