package diagram

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/sim"
)

func TestACrowdedTrialWithoutViolationShowsOneWholeTurnAtTheLock(t *testing.T) {
	h, findings, title := picturetest.History(t, "contention", "redlock", "none")
	s := newScene(h, findings, title)
	acquired := slices.IndexFunc(h.Events, func(e sim.Event) bool { return e.Kind == sim.Acquired })
	winner := h.Events[acquired].Host
	column := s.columnOf(winner)
	if column < 0 {
		t.Fatalf("%s got the lock first and is not drawn", winner)
	}
	for _, label := range []string{"has the lock", "releases"} {
		if !slices.ContainsFunc(s.dots, func(d dot) bool { return d.column == column && d.label == label }) {
			t.Errorf("nothing says that %s %s", winner, label)
		}
	}
	clients := 0
	for _, c := range s.columns {
		if c.kind == clientColumn {
			clients++
		}
	}
	if clients != 2 || !strings.Contains(strings.Join(s.notes, " "), "2 of 10 clients are drawn; the others sent ") {
		t.Errorf("%d clients are drawn, and the caption says %q", clients, s.notes)
	}
}

func TestACrowdedTrialIsNoHigherThanAPageCanShow(t *testing.T) {
	for _, c := range []struct{ scenario, backend string }{
		{"partition-sides", "sentinel"}, {"majority-down", "redlock"}, {"contention", "redlock"},
	} {
		s := newScene(picturetest.History(t, c.scenario, c.backend, "none"))
		if len(s.dots) > maxDots+maxMessages {
			t.Errorf("%s with %s: %d events are drawn beside %d messages", c.scenario, c.backend, len(s.dots), len(s.arrows))
		}
		if p := arrange(s); p.height > 2000 {
			t.Errorf("%s with %s: the picture is %.0f points high", c.scenario, c.backend, p.height.Points())
		}
	}
}

func TestARequestThatIsLostAgainAndAgainIsDrawnOnce(t *testing.T) {
	h := &sim.History{Header: sim.Header{Clients: []sim.HostID{"client-1"}, Servers: []sim.HostID{"redis-1"}, Ledger: "ledger"}}
	send := func(what string, at int, fate sim.Fate) {
		m := sim.Message{Number: int64(len(h.Messages) + 1), From: "client-1", To: "redis-1", What: what, Fate: fate, Sent: time.Duration(at)}
		if fate == sim.Arrived {
			m.Arrived = m.Sent + 1
		}
		h.Messages = append(h.Messages, m)
	}
	send("PEXPIRE if mine", 1, sim.LostFor)
	send("PEXPIRE if mine", 2, sim.LostFor)
	send("DEL if mine", 3, sim.LostFor)
	send("DEL if mine", 4, sim.Arrived)
	send("DEL if mine", 5, sim.LostFor)
	h.Events = []sim.Event{{Seq: 1, Kind: sim.End}}
	var drawn []int64
	for _, m := range pick(h, nil) {
		drawn = append(drawn, m.Number)
	}
	if want := []int64{1, 3, 4, 5}; !slices.Equal(drawn, want) {
		t.Errorf("messages %v are drawn, want %v", drawn, want)
	}
}
