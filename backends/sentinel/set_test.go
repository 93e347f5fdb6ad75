package sentinel

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"pgregory.net/rapid"
)

// adds makes a client add elements, one after the other, and returns the result of each.
func (s stage) adds(t *testing.T, spec string, elements ...string) map[string]error {
	t.Helper()
	got := map[string]error{}
	set := settings(t, spec, false)
	h := s.World.Host("client-1")
	a := adder{dial(h, set), set.Span(optionTimeout)}
	h.Go("client", func(sim.Host) {
		for _, element := range elements {
			h.Sleep(time.Second)
			got[element] = a.Add(element)
		}
	})
	return got
}

// If WAIT counts too few replicas, the element is not acknowledged but is in the set all the same.
func TestAnElementThatTooFewReplicasHaveIsNotAcknowledged(t *testing.T) {
	const spec = "sentinel+replicas=2+wait=2+timeout=0.5ttl"
	s := newStage(t, spec, 1, false, "client-1")
	s.at(1500*time.Millisecond, "crash of a replica", s.World.Host(ReplicaID(1)).Crash)
	got := s.adds(t, spec, "before", "after")
	s.Run(8 * time.Second)
	if err := got["before"]; err != nil {
		t.Errorf("with both replicas: %v", err)
	}
	if err := got["after"]; !errors.Is(err, sim.ErrUnknown) || !errors.Is(err, ErrNotReplicated) || !strings.Contains(err.Error(), "1 of 2 replicas have it") {
		t.Errorf("with one replica: %v", err)
	}
	for _, n := range []int{0, 2} {
		if set := s.service.nodes[n].data.model.Members(redis.SetKey); !slices.Equal(set, []string{"before", "after"}) {
			t.Errorf("%s has %q", s.service.nodes[n].host.ID(), set)
		}
	}
}

// A master without its replicas refuses the element, which is a known outcome.
func TestAnElementThatTheMasterRefusesIsNotTaken(t *testing.T) {
	const spec = "sentinel+min-replicas-to-write=2"
	s := newStage(t, spec, 1, false, "client-1")
	got := s.adds(t, spec, "e")
	s.Run(5 * time.Second)
	if err := got["e"]; !errors.Is(err, ErrNoReplicas) || errors.Is(err, sim.ErrUnknown) {
		t.Errorf("%v", err)
	}
	if found, err := s.service.contents(); err != nil || len(found.Elements) > 0 || found.Host != MasterID {
		t.Errorf("the set is %+v, %v", found, err)
	}
}

// J5: both sides of a split accept elements, and the old master's are gone when it becomes a
// replica.
func TestTheOldMastersElementsAreGoneAfterASplit(t *testing.T) {
	const spec = "sentinel+replicas=2+down-after=0.1ttl"
	s := newStage(t, spec, 1, false, "client-1")
	s.at(1500*time.Millisecond, "split", func() { s.apart(MasterID, ID(1), "client-1") })
	got := s.adds(t, spec, "before", "in the split")
	var midway []string
	s.World.After(10*time.Second, func() { midway = s.service.nodes[0].data.model.Members(redis.SetKey) })
	s.at(11*time.Second, "heal", func() { s.together(MasterID, ID(1), "client-1") })
	s.Run(60 * time.Second)
	for element, err := range got {
		if err != nil {
			t.Errorf("%s: %v", element, err)
		}
	}
	if !slices.Equal(midway, []string{"before", "in the split"}) {
		t.Errorf("in the split the old master has %q", midway)
	}
	found, err := s.service.contents()
	if err != nil || found.Host == MasterID || !slices.Equal(found.Elements, []string{"before"}) {
		t.Errorf("the set is %+v, %v", found, err)
	}
	if set := s.service.nodes[0].data.model.Members(redis.SetKey); !slices.Equal(set, []string{"before"}) {
		t.Errorf("the old master still has %q", set)
	}
}

// The Sentinels decide which copy counts. While they do not, the set's contents are unknown.
func TestWithoutAMasterNobodyCanTellWhatTheSetHas(t *testing.T) {
	s := newStage(t, "sentinel", 1, false, "client-1")
	s.World.Host(ID(1)).Crash()
	s.World.Host(ID(2)).Crash()
	if found, err := s.service.contents(); !errors.Is(err, ErrNoMaster) {
		t.Errorf("%+v, %v", found, err)
	}
	s = newStage(t, "sentinel", 1, false, "client-1")
	s.World.Host(MasterID).Crash()
	if found, err := s.service.contents(); err == nil || !strings.Contains(err.Error(), "redis-master, is down") {
		t.Errorf("%+v, %v", found, err)
	}
}

// A replica that has loaded all data from its master has the same set, whatever was done in
// between.
func TestAReplicaHasTheSetOfItsMaster(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		elements := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 1, 12).Draw(t, "elements")
		cut := rapid.IntRange(0, len(elements)).Draw(t, "cut")
		master, replica := load(nil), load(nil)
		for i, e := range elements {
			w := write{command: redis.Command{Kind: redis.CommandAdd, Key: redis.SetKey, Value: e}}
			if _, changed := master.apply(w); changed && i >= cut {
				replica.apply(w)
			}
			if i == cut {
				replica = load(master.writes)
			}
		}
		if cut < len(elements) && !slices.Equal(master.model.Members(redis.SetKey), replica.model.Members(redis.SetKey)) {
			t.Fatalf("the master has %q, the replica %q", master.model.Members(redis.SetKey), replica.model.Members(redis.SetKey))
		}
	})
}
