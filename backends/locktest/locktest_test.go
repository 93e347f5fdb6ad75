package locktest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/control"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"pgregory.net/rapid"
)

// critic is a test that may fail, and goes on.
type critic struct {
	rapid.TB
	said []string
}

func (c *critic) Helper() {}

func (c *critic) Errorf(format string, args ...any) {
	c.said = append(c.said, fmt.Sprintf(format, args...))
}
func (c *critic) Fatalf(format string, args ...any) { c.Errorf(format, args...) }

func perfect(t rapid.TB, clients ...sim.HostID) *locktest.Stage {
	t.Helper()
	b, s := locktest.Parse(t, "perfect", 10*time.Second, true, control.Perfect{})
	stage := locktest.NewStage(t, b, s, 1, clients...)
	stage.Story = locktest.Story{Letters: true}
	return stage
}

func TestAStageTellsWhatHappensToALock(t *testing.T) {
	s := perfect(t, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 0))
	s.Client("client-2", time.Second, locktest.Hold(0, 0))
	s.Client("client-2", 11*time.Second, func(h sim.Host, l backends.Lock) { locktest.Take(h, l, 0) })
	s.Pause("client-1", sim.Acquired, 15*time.Second)
	s.CutFor("client-2", s.Servers, 12*time.Second, time.Second)
	s.Expect(20*time.Second, `
	0s client-1 acquire-sent A
	3ms lock-1 granted A token 1
	4ms client-1 acquired A token 1 until 10s
	1s client-2 acquire-sent B
	1.004s client-2 not-acquired: the lock is held by somebody else
	10s client-1 deadline A until 10s
	10.003s lock-1 expired A
	11s client-2 acquire-sent C
	11.001s lock-1 granted C token 2
	11.002s client-2 acquired C token 2 until 21s
	15.004s client-1 release A
	15.006s client-1 not-released A: the lock is no longer held: its lease has ended
	`)
}

func TestAStoryThatIsNotTheExpectedOneFailsTheTest(t *testing.T) {
	c := &critic{TB: t}
	s := perfect(c, "client-1")
	s.Client("client-1", 0, locktest.Hold(0, 0))
	s.Cut("client-1", s.Servers...)
	s.Expect(time.Second, `0s client-1 acquire-sent A
	3ms lock-1 granted A token 1`)
	if len(c.said) != 1 || !strings.Contains(c.said[0], "what happened:\n0s client-1 acquire-sent A\nexpected:") {
		t.Errorf("the test said %q", c.said)
	}
}

// history is events of grants, one per second: "granted a 3" is of grant a with token 3.
func history(lines ...string) *sim.History {
	h := &sim.History{}
	for i, line := range lines {
		e := sim.Event{At: time.Duration(i) * time.Second, Until: time.Hour}
		fmt.Sscan(line, &e.Kind, &e.Grant, &e.Token)
		e.Host = sim.HostID("client-" + e.Grant)
		h.Events = append(h.Events, e)
	}
	return h
}

func TestTheJudgesAcquitTheInnocentOnly(t *testing.T) {
	tokens := func(t rapid.TB, h *sim.History) { locktest.Tokens(t, h) }
	overlap := func(t rapid.TB, h *sim.History) {
		if e, found := locktest.ValidOverlap(h); found {
			t.Errorf("%v", e)
		}
	}
	twice := func(t rapid.TB, h *sim.History) { locktest.ExpectOverlap(t, h, check.Violated, 2) }
	for _, c := range []struct {
		name   string
		judge  func(rapid.TB, *sim.History)
		events []string
		fails  bool
	}{
		{"one owner", locktest.OneOwner, []string{"granted a", "extended a", "freed a", "granted b", "expired b"}, false},
		{"one owner", locktest.OneOwner, []string{"granted a", "granted b"}, true},
		{"one owner", locktest.OneOwner, []string{"granted a", "freed b"}, true},
		{"one owner", locktest.OneOwner, []string{"granted a", "expired a", "extended a"}, true},
		{"rising tokens", locktest.RisingTokens, []string{"granted a 1", "acquired a 1", "granted b 3"}, false},
		{"rising tokens", locktest.RisingTokens, []string{"granted a 3", "granted b 3"}, true},
		{"tokens", tokens, []string{"granted a 1", "granted b 2", "acquired a 1", "acquired b 2"}, false},
		{"tokens", tokens, []string{"granted a 1", "acquired a 2"}, true},
		{"overlap", overlap, []string{"acquired a", "lost a", "acquired b", "deadline b", "acquired c"}, false},
		{"overlap", overlap, []string{"acquired a", "release b", "acquired b"}, true},
		{"expected overlap", twice, []string{"acquired a", "acquired b", "release b"}, false},
		{"expected overlap", twice, []string{"acquired a", "release a", "acquired b"}, true},
		{"expected overlap", twice, []string{"acquired a"}, true},
	} {
		judged := &critic{TB: t}
		c.judge(judged, history(c.events...))
		if failed := len(judged.said) > 0; failed != c.fails {
			t.Errorf("%s: of %q it says %q", c.name, c.events, judged.said)
		}
	}
}

func TestAHolderWhoseHostHasCrashedCountsOnNothing(t *testing.T) {
	h := history("acquired a", "fault-applied", "acquired b")
	for host, want := range map[sim.HostID]bool{"client-a": false, "client-b": true} {
		h.Header.Faults = []sim.Fault{{Kind: sim.Crash, Host: host}}
		h.Events[1].Fault, h.Events[1].Host = 1, host
		if _, found := locktest.ValidOverlap(h); found != want {
			t.Errorf("after a crash of %s two clients count on the lock: %t", host, found)
		}
	}
}

func TestOnlyTheOrderOnEachHostCounts(t *testing.T) {
	got := []string{"a 1", "b 1", "a 2"}
	for _, c := range []struct {
		want  []string
		fails bool
	}{
		{[]string{"b 1", "a 1", "a 2"}, false},
		{[]string{"b 1", "a 2", "a 1"}, true},
		{[]string{"a 1", "a 2"}, true},
		{[]string{"a 1", "a 2", "b 1", "c 1"}, true},
	} {
		judged := &critic{TB: t}
		locktest.ExpectOnHosts(judged, got, c.want...)
		if failed := len(judged.said) > 0; failed != c.fails {
			t.Errorf("%q against %q: it says %q", got, c.want, judged.said)
		}
	}
}
