package diagram

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// stories are real trials, and what their diagrams must and must not say.
var stories = []struct {
	scenario, backend, guard string
	says, silent             []string
	golden                   bool
}{
	{"gc-pause", "redis", "none", []string{"SET NX PX", "paused 15 s", "own deadline", "lease expired", "granted to client-2", "write 90", "takes 90; 80 would be", "an acknowledged write", "30 messages not drawn", "of 52 messages"}, []string{"refuses"}, true},
	{"clock-forward-bare", "redlock", "none", []string{"redis-5", "vote: client-2", "clock redis-3 wall +15s", "partition client-1", "lost by the network"}, nil, true},
	{"holder-partitioned", "etcd", "none", []string{"keep-alive", "told: lock lost", "two clients hold it within their own deadlines", "partition client-1", "txn: put key"}, []string{"heartbeat"}, true},
	{"failover", "sentinel+replication-lag=0.02ttl", "none", []string{"REPLICAOF", "vote for me?", "who is master?", "redis-replica-1", "down"}, []string{"INFO", "ping"}, true},
	{"gc-pause", "zookeeper", "fence-all", []string{"refuses", "session expired", "lock-0 is gone"}, []string{"is overwritten"}, false},
	{"delayed-write", "etcd", "none", []string{"hold client-1", "late"}, nil, false},
	{"server-crash", "redis", "none", []string{"lock forgotten", "down 0.5 s"}, nil, false},
	{"charge-once", "redis", "none", []string{"A job that must be done once is done twice", "charge 10", "charged, 90 left", "charged, 80 left; 90", "an effect is applied twice", "job marked"}, nil, false},
	{"gc-pause", "redis", "none", []string{"looks: the lease is good", "takes 90; 80 would be"}, nil, false},
	{"gc-pause", "redis", "fence-all", []string{"refused: token 1 is lower than 2", "refuses: token 1 is lower", "highest token seen: 2"}, []string{"would be right"}, false},
	{"contention", "redlock", "none", []string{"of 10 clients are drawn"}, []string{"evidence"}, false},
	{"no-fault", "none", "none", []string{"read", "All 24 messages"}, []string{"lock server"}, false},
	{"set-split-servers", "sentinel+replicas=4+wait=1", "none", []string{"SADD", "WAIT", "acknowledged elements are lost"}, []string{"account", "is overwritten"}, false},
	{"leader-partitioned", "zookeeper", "none", []string{"my vote", "connect, same session"}, nil, false},
}

func TestDiagramsSayWhatHappened(t *testing.T) {
	for _, s := range stories {
		name := fmt.Sprintf("%s.%s.%s", s.scenario, s.backend, s.guard)
		t.Run(name, func(t *testing.T) {
			h, findings, title := picturetest.History(t, s.scenario, s.backend, s.guard)
			f, err := Draw(h, findings, title)
			if err != nil {
				t.Fatal(err)
			}
			svg := picturetest.SVG(t, f)
			text := strings.Join(strings.Fields(string(svg)), " ")
			for _, want := range s.says {
				if !strings.Contains(text, want) {
					t.Errorf("the diagram does not say %q", want)
				}
			}
			for _, unwanted := range s.silent {
				if strings.Contains(text, unwanted) {
					t.Errorf("the diagram says %q", unwanted)
				}
			}
			picturetest.Keep(t, name, f)
			if s.golden {
				picturetest.Compare(t, name, f)
			}
		})
	}
}

// Labels touch neither each other nor a mark, and nothing lies outside the page.
func TestLabelsDoNotTouch(t *testing.T) {
	for _, s := range stories {
		h, findings, title := picturetest.History(t, s.scenario, s.backend, s.guard)
		p := arrange(newScene(h, findings, title))
		page := box{0, 0, p.width, p.height}
		inside := func(b box) bool { return b.x0 >= page.x0 && b.y0 >= page.y0 && b.x1 <= page.x1 && b.y1 <= page.y1 }
		for i, l := range p.labels {
			if !inside(l.box) {
				t.Errorf("%s with %s: %q is outside of the page", s.scenario, s.backend, l.text)
			}
			for _, o := range p.labels[:i] {
				if l.touches(o.box) {
					t.Errorf("%s with %s: %q touches %q", s.scenario, s.backend, l.text, o.text)
				}
			}
			for _, d := range p.dots {
				if x, y := p.xs[d.column], p.y(d.at); l.touches(box{x - 1, y - 1, x + 1, y + 1}) {
					t.Errorf("%s with %s: %q hides the dot of %q", s.scenario, s.backend, l.text, d.label)
				}
			}
		}
		for _, c := range p.cuts {
			name := canvas.Shorten(canvas.Bold(labelSize), c.label, p.width-2*margin-axisWidth)
			if !slices.ContainsFunc(p.labels, func(l label) bool { return l.text == name }) {
				t.Errorf("%s with %s: nothing in the picture says %q", s.scenario, s.backend, c.label)
			}
		}
		if p.unlabelled > len(p.arrows)/10 {
			t.Errorf("%s with %s: %d labels found no room", s.scenario, s.backend, p.unlabelled)
		}
		for i := range p.ys[1:] {
			if p.ys[i+1] <= p.ys[i] {
				t.Errorf("%s with %s: time goes up from %v to %v", s.scenario, s.backend, p.moments[i], p.moments[i+1])
			}
		}
		for _, a := range p.arrows {
			for _, y := range []time.Duration{a.Sent, a.Lost, a.Arrived} {
				if at := p.y(y); y != 0 && (at < p.top || at > p.bottom) {
					t.Errorf("%s with %s: %q leaves the columns", s.scenario, s.backend, a.label)
				}
			}
		}
	}
}

func TestAPauseIsAsLongInThePictureAsTheTextSays(t *testing.T) {
	h, findings, title := picturetest.History(t, "gc-pause", "redis", "none")
	p := arrange(newScene(h, findings, title))
	skipped := 0
	for _, b := range p.breaks {
		n := 0
		if _, err := fmt.Sscanf(b.omitted, "%d messages", &n); err == nil {
			skipped += n
		}
	}
	if left := len(h.Messages) - len(p.arrows); skipped != left {
		t.Errorf("the breaks tell of %d messages that are not drawn, but there are %d", skipped, left)
	}
}

func TestAHistoryWithoutMessagesSaysHowToGetThem(t *testing.T) {
	h, findings, title := picturetest.History(t, "gc-pause", "redis", "none")
	h.Messages = nil
	if _, err := Draw(h, findings, title); !errors.Is(err, ErrNoMessages) || !strings.Contains(err.Error(), "run the trial again") {
		t.Errorf("got %v", err)
	}
	if _, err := Draw(&sim.History{}, nil, ""); err == nil || !strings.Contains(err.Error(), "no events") {
		t.Errorf("of nothing: %v", err)
	}
}

func TestMessagesOfHostsThatNobodyKnowsAreDrawn(t *testing.T) {
	h := &sim.History{
		Header: sim.Header{Clients: []sim.HostID{"client-1"}, Ledger: "ledger"},
		Events: []sim.Event{{Seq: 1, At: time.Second, Kind: sim.End}},
		Messages: []sim.Message{
			{Number: 1, From: "client-1", To: "stranger", Fate: sim.Arrived, Arrived: 1, What: "who are you?"},
			{Number: 2, From: "client-1", To: "client-1", Sent: 2, Fate: sim.Arrived, Arrived: 3, What: "to myself"},
			{Number: 3, Sent: 4, Fate: sim.Unrecorded},
		},
	}
	f, err := Draw(h, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"stranger", "who are you?", "recorded up to 4 ns only", "not judged"} {
		if !strings.Contains(string(picturetest.SVG(t, f)), want) {
			t.Errorf("the diagram does not say %q", want)
		}
	}
}

// A trial with a hundred thousand events and messages is drawn in part, and says so.
func huge(t testing.TB) (*sim.History, []check.Finding) {
	h, findings, _ := picturetest.History(t, "gc-pause", "redis", "none")
	events, messages := h.Events[:len(h.Events)-1], h.Messages
	end := h.Events[len(h.Events)-1]
	const span = 20 * time.Second
	for round := time.Duration(1); len(h.Events) < 100_000; round++ {
		for _, e := range events {
			e.At += round * span
			h.Events = append(h.Events, e)
		}
		for _, m := range messages {
			m.Sent, m.Arrived = m.Sent+round*span, m.Arrived+round*span
			h.Messages = append(h.Messages, m)
		}
		end.At = round*span + span
	}
	h.Events = append(h.Events, end)
	for i := range h.Events {
		h.Events[i].Seq = int64(i + 1)
	}
	for i := range h.Messages {
		h.Messages[i].Number = int64(i + 1)
	}
	return h, findings
}

func TestAHugeHistoryIsDrawnInPart(t *testing.T) {
	h, findings := huge(t)
	s := newScene(h, findings, "")
	if len(s.arrows) != maxMessages {
		t.Errorf("%d messages are drawn of %d, want %d", len(s.arrows), len(h.Messages), maxMessages)
	}
	if want := fmt.Sprintf("%d of %d messages", maxMessages, len(h.Messages)); !strings.Contains(strings.Join(s.notes, " "), want) {
		t.Errorf("the caption does not say %q: %q", want, s.notes)
	}
	if focus, _ := focusOf(h, findings); s.from > focus.from || s.to < focus.to {
		t.Errorf("%v to %v are drawn, without the violation at %v", s.from, s.to, focus.to)
	}
}

func BenchmarkHugeHistory(b *testing.B) {
	h, findings := huge(b)
	for b.Loop() {
		f, err := Draw(h, findings, "")
		if err != nil {
			b.Fatal(err)
		}
		var svg bytes.Buffer
		if err := f.WriteSVG(&svg); err != nil {
			b.Fatal(err)
		}
	}
}
