package trial

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// afterThePause runs heedless-pause, in which client 1 wakes up at 15 s and then works for 2 s
// more. With etcd it is told within milliseconds that the lock is lost; with Redis nobody tells it,
// and its deadline was at 10 s.
func afterThePause(t *testing.T, backend, discipline string) *sim.History {
	t.Helper()
	trial := one(t, "heedless-pause", backend, "none")
	var err error
	if trial.Discipline, err = script.ParseDiscipline(discipline); err != nil {
		t.Fatal(err)
	}
	return simulated(t, trial)
}

// first returns the first event of a kind that client 1 recorded; false means that there is none.
func first(h *sim.History, kind sim.Kind) (sim.Event, bool) {
	i := slices.IndexFunc(h.Events, func(e sim.Event) bool { return e.Host == sim.ClientID(0) && e.Kind == kind })
	if i < 0 {
		return sim.Event{}, false
	}
	return h.Events[i], true
}

// TestDisciplines checks what clients of each discipline do between the read and the release once
// they could know that their lease is over.
func TestDisciplines(t *testing.T) {
	for _, c := range []struct {
		backend, discipline string
		want                []sim.Kind // the events that a discipline decides on
		at                  string     // when the last of them happens, from the trial's start
	}{
		{"etcd", "attentive", []sim.Kind{sim.Abandon}, "15s"},
		{"etcd", "heedless", []sim.Kind{sim.Write, sim.Wrote}, "17s"},
		{"etcd", "late=0.1ttl", []sim.Kind{sim.Ignored, sim.Abandon}, "16s"},
		{"etcd", "late=1500ms", []sim.Kind{sim.Ignored, sim.Abandon}, "16.5s"},
		{"etcd", "late=0.5ttl", []sim.Kind{sim.Ignored, sim.Write, sim.Wrote}, "17s"},
		{"redis", "attentive", []sim.Kind{sim.Abandon}, "17s"},
		{"redis", "heedless", []sim.Kind{sim.Write, sim.Wrote}, "17s"},
		{"redis", "late=0.6ttl", []sim.Kind{sim.Abandon}, "17s"}, // 7 s after its deadline
		{"redis", "late=0.8ttl", []sim.Kind{sim.Ignored, sim.Write, sim.Wrote}, "17s"},
	} {
		t.Run(c.backend+" "+c.discipline, func(t *testing.T) {
			h := afterThePause(t, c.backend, c.discipline)
			var got []sim.Kind
			var last time.Duration
			for _, e := range h.Events {
				if e.Host == sim.ClientID(0) && slices.Contains([]sim.Kind{sim.Check, sim.Abandon, sim.Ignored, sim.Write, sim.Wrote}, e.Kind) {
					got, last = append(got, e.Kind), e.At
				}
			}
			if !slices.Equal(got, c.want) {
				t.Fatalf("client 1 did %v, want %v", got, c.want)
			}
			const little = 150 * time.Millisecond // to open a session, to ask and to be told
			want, err := time.ParseDuration(c.at)
			if err != nil {
				t.Fatal(err)
			}
			if last < want || last > want+little {
				t.Errorf("its last event was at %v, want %v", last, want)
			}
		})
	}
}

// TestAClientThatIsToldActsAtOnce checks that an attentive client stops the instant it is told,
// wherever its work stands, and that a late one records in that instant that it works on.
func TestAClientThatIsToldActsAtOnce(t *testing.T) {
	for _, c := range []struct {
		discipline string
		reaction   sim.Kind
	}{{"attentive", sim.Abandon}, {"late=0.5ttl", sim.Ignored}} {
		h := afterThePause(t, "etcd", c.discipline)
		lost, told := first(h, sim.Lost)
		reaction, acted := first(h, c.reaction)
		if !told || !acted || reaction.At != lost.At || reaction.Grant != lost.Grant {
			t.Errorf("%s: told %+v, reaction %+v", c.discipline, lost, reaction)
		}
	}
}

// TestALockOfASessionThatHasEndedIsLostFromTheBeginning checks a client whose etcd session ended
// while it waited for the lock. The session does not tell it again when the lock is granted, but
// the client hears of it all the same.
func TestALockOfASessionThatHasEndedIsLostFromTheBeginning(t *testing.T) {
	h := simulated(t, one(t, "waiter-partitioned", "etcd+recheck=off", "none"))
	var acquired, abandoned sim.Event
	for _, e := range h.Events {
		switch {
		case e.Host == sim.ClientID(1) && e.Kind == sim.Acquired:
			acquired = e
		case e.Host == sim.ClientID(1) && e.Kind == sim.Abandon:
			abandoned = e
		}
	}
	if acquired.Seq == 0 || abandoned.Seq == 0 || abandoned.At-acquired.At > 10*time.Millisecond {
		t.Errorf("client 2 acquired the lock at %v and stopped at %v, want that to be at once", acquired.At, abandoned.At)
	}
}

// TestALateClientStopsInTheMiddleOfItsWork checks that a late client works on for exactly as long
// as it allows itself.
func TestALateClientStopsInTheMiddleOfItsWork(t *testing.T) {
	h := afterThePause(t, "etcd", "late=0.1ttl")
	ignored, _ := first(h, sim.Ignored)
	stopped, some := first(h, sim.Abandon)
	if !some || stopped.At-ignored.At != time.Second {
		t.Errorf("it was told at %v and stopped at %v, want a second between them", ignored.At, stopped.At)
	}
}
