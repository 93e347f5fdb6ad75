package redis

import (
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func TestAKeyThatExistsIsNotSetAgain(t *testing.T) {
	m := NewModel()
	if r := m.Apply(noon, Command{Kind: CommandSetNX, Key: "k", Value: "a", PX: time.Second}); !r.OK {
		t.Fatalf("first set: %+v", r)
	}
	if r := m.Apply(noon, Command{Kind: CommandSetNX, Key: "k", Value: "b", PX: time.Second}); r.OK {
		t.Fatalf("second set: %+v", r)
	}
	if r := m.Apply(noon, Command{Kind: CommandCompareAndDelete, Key: "k", Value: "a"}); !r.OK {
		t.Fatalf("the first value is gone: %+v", r)
	}
}

func TestAKeyLivesThroughTheMillisecondOfItsExpiry(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		alive bool
	}{
		{999 * time.Millisecond, true},
		{1000 * time.Millisecond, true},
		{1001*time.Millisecond - 1, true},
		{1001 * time.Millisecond, false},
	} {
		m := NewModel()
		m.Apply(noon, Command{Kind: CommandSetNX, Key: "k", Value: "a", PX: time.Second})
		r := m.Apply(noon.Add(c.after), Command{Kind: CommandCompareAndExpire, Key: "k", Value: "a", PX: time.Second})
		if r.OK != c.alive {
			t.Errorf("%v after a lease of 1 s was given: alive is %t, expected %t", c.after, r.OK, c.alive)
		}
		if ended := len(r.Ended) == 1 && r.Ended[0] == "a"; ended == c.alive {
			t.Errorf("%v after a lease of 1 s was given: ended is %q", c.after, r.Ended)
		}
	}
}

func TestNextExpiryIsTheFirstMomentAtWhichTheCycleFindsTheKey(t *testing.T) {
	m := NewModel()
	m.Apply(noon.Add(123*time.Microsecond), Command{Kind: CommandSetNX, Key: "k", Value: "a", PX: time.Second})
	at, ok := m.NextExpiry("k")
	if !ok {
		t.Fatal("the key has no expiry")
	}
	if r := m.Apply(at.Add(-1), Command{Kind: CommandExpireCycle}); len(r.Ended) != 0 {
		t.Errorf("a nanosecond before %v the cycle already ended %q", at, r.Ended)
	}
	if r := m.Apply(at, Command{Kind: CommandExpireCycle}); len(r.Ended) != 1 {
		t.Errorf("at %v the cycle ended %q", at, r.Ended)
	}
}

func TestSteppingTheWallClockForwardEndsALeaseAndBackProlongsIt(t *testing.T) {
	set := Command{Kind: CommandSetNX, Key: "k", Value: "a", PX: 10 * time.Second}
	again := Command{Kind: CommandSetNX, Key: "k", Value: "b", PX: 10 * time.Second}
	m := NewModel()
	m.Apply(noon, set)
	if r := m.Apply(noon.Add(15*time.Second), again); !r.OK {
		t.Errorf("after a step of +15 s the lease of 10 s still runs: %+v", r)
	}
	m = NewModel()
	m.Apply(noon, set)
	if r := m.Apply(noon.Add(-time.Hour).Add(11*time.Second), again); r.OK {
		t.Errorf("11 s later, but after a step back of an hour, the lease is over: %+v", r)
	}
}

func TestTokensGrowWithEveryGrantAndNotWithRefusals(t *testing.T) {
	m := NewModel()
	take := func(value string) Reply {
		return m.Apply(noon, Command{Kind: CommandSetNXWithToken, Key: "k", Counter: "k:token", Value: value, PX: time.Second})
	}
	if r := take("a"); r.Token != 1 {
		t.Fatalf("first grant: %+v", r)
	}
	if r := take("b"); r.OK || r.Token != 0 {
		t.Fatalf("refusal: %+v", r)
	}
	m.Apply(noon, Command{Kind: CommandCompareAndDelete, Key: "k", Value: "a"})
	if r := take("c"); r.Token != 2 {
		t.Fatalf("second grant: %+v", r)
	}
}

func TestAForeignValueNeitherDeletesNorProlongs(t *testing.T) {
	for _, kind := range []CommandKind{CommandCompareAndDelete, CommandCompareAndExpire} {
		m := NewModel()
		m.Apply(noon, Command{Kind: CommandSetNX, Key: "k", Value: "mine", PX: time.Second})
		before, _ := m.NextExpiry("k")
		if r := m.Apply(noon, Command{Kind: kind, Key: "k", Value: "yours", PX: time.Hour}); r.OK {
			t.Errorf("%s with a foreign value: %+v", kind, r)
		}
		if after, ok := m.NextExpiry("k"); !ok || after != before {
			t.Errorf("%s with a foreign value changed the key: it ends at %v, before at %v", kind, after, before)
		}
	}
}

func TestDelDeletesWhateverTheKeyHolds(t *testing.T) {
	m := NewModel()
	del := Command{Kind: CommandDelete, Key: "k"}
	if r := m.Apply(noon, del); r.OK || r.Deleted != "" {
		t.Errorf("without a key: %+v", r)
	}
	m.Apply(noon, Command{Kind: CommandSetNX, Key: "k", Value: "theirs", PX: time.Second})
	if r := m.Apply(noon, del); !r.OK || r.Deleted != "theirs" {
		t.Errorf("with a key: %+v", r)
	}
	m.Apply(noon, Command{Kind: CommandSetNX, Key: "k", Value: "theirs", PX: time.Second})
	if r := m.Apply(noon.Add(2*time.Second), del); r.OK || r.Deleted != "" || len(r.Ended) != 1 {
		t.Errorf("after its time: %+v", r)
	}
}

func TestACloneSharesNothing(t *testing.T) {
	m := NewModel()
	m.Apply(noon, Command{Kind: CommandSetNX, Key: "k", Value: "a", PX: time.Second})
	c := m.Clone()
	m.Apply(noon, Command{Kind: CommandCompareAndExpire, Key: "k", Value: "a", PX: time.Hour})
	if at, _ := c.NextExpiry("k"); at.After(noon.Add(2 * time.Second)) {
		t.Errorf("prolonging the key in the model prolonged it in the clone, to %v", at)
	}
	m.Apply(noon, Command{Kind: CommandDelete, Key: "k"})
	if _, ok := c.NextExpiry("k"); !ok {
		t.Error("deleting the key in the model deleted it in the clone")
	}
}

func TestASetHasEachElementOnceAndAClonesGrowthIsItsOwn(t *testing.T) {
	m := NewModel()
	add := func(m *Model, element string) bool {
		return m.Apply(noon, Command{Kind: CommandAdd, Key: "s", Value: element}).OK
	}
	for _, element := range []string{"a", "b", "c"} {
		if !add(m, element) {
			t.Errorf("%s is no new element", element)
		}
	}
	if add(m, "b") {
		t.Error("b is new a second time")
	}
	c := m.Clone()
	add(m, "of the model")
	add(c, "of the clone")
	for _, each := range []struct {
		m    *Model
		want []string
	}{{m, []string{"a", "b", "c", "of the model"}}, {c, []string{"a", "b", "c", "of the clone"}}} {
		if got := each.m.Members("s"); !slices.Equal(got, each.want) {
			t.Errorf("the set is %q, want %q", got, each.want)
		}
	}
	if got := m.Members("another"); len(got) > 0 {
		t.Errorf("a set that was never made has %q", got)
	}
}
