package timeline

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

func sceneOf(t *testing.T, h *sim.History, findings []check.Finding) *scene {
	t.Helper()
	s, err := newScene(h, findings, "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func laneNamed(t *testing.T, s *scene, name string) lane {
	t.Helper()
	for _, l := range s.lanes {
		if l.name == name {
			return l
		}
	}
	t.Fatalf("there is no lane %q", name)
	return lane{}
}

// spans returns the bars of a style as pairs of times.
func spans(l lane, style barStyle) []interval {
	var out []interval
	for _, b := range l.bars {
		if b.style == style {
			out = append(out, b.interval)
		}
	}
	return out
}

func TestPausedHolderStillBelievesPastItsDeadline(t *testing.T) {
	h, findings := gcPause("none")
	s := sceneOf(t, h, findings)
	one, two := laneNamed(t, s, "client-1"), laneNamed(t, s, "client-2")
	for _, test := range []struct {
		what  string
		lane  lane
		style barStyle
		want  []interval
	}{
		{"client-1 holds", one, held, []interval{{2 * ms, 10002 * ms}}},
		{"client-1 past its deadline", one, overrun, []interval{{10002 * ms, 17 * time.Second}}},
		{"client-1 waits", one, waiting, []interval{{ms, 2 * ms}}},
		{"client-2 waits", two, waiting, []interval{{time.Second, 10200 * ms}}},
		{"client-2 holds", two, held, []interval{{10200 * ms, 12200 * ms}}},
		{"client-2 past its deadline", two, overrun, nil},
		{"the fault", laneNamed(t, s, "pause client-1"), inEffect, []interval{{3 * ms, 15003 * ms}}},
		{"the service's grants", laneNamed(t, s, "lock service"), granted, []interval{{2*ms - ms/2, 10002 * ms}, {10200*ms - ms/2, 12201 * ms}}},
	} {
		if got := spans(test.lane, test.style); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.what, got, test.want)
		}
	}
	if want := []interval{{3 * ms, 15003 * ms}}; !slices.Equal(one.pauses, want) || two.pauses != nil {
		t.Errorf("client-1 stands still in %v, client-2 in %v; want %v and never", one.pauses, two.pauses, want)
	}
	var bars []int
	for _, b := range laneNamed(t, s, "lock service").bars {
		bars = append(bars, b.client)
	}
	if !slices.Equal(bars, []int{0, 1}) {
		t.Errorf("the grants belong to clients %v, want client-1, then client-2", bars)
	}
}

func TestRenewalBringsABeliefBack(t *testing.T) {
	s := newScribe("x", "redis", "none", 1)
	for _, e := range []sim.Event{
		{At: 0, Kind: sim.Acquired, Grant: "g", Until: 10 * time.Second},
		{At: 12 * time.Second, Kind: sim.Renewed, Grant: "g", Until: 20 * time.Second},
		{At: 22 * time.Second, Kind: sim.Lost, Grant: "g"},
	} {
		e.Host = "client-1"
		s.at(e.At, e)
	}
	l := laneNamed(t, sceneOf(t, s.end(23*time.Second), nil), "client-1")
	if got, want := spans(l, held), []interval{{0, 10 * time.Second}, {12 * time.Second, 20 * time.Second}}; !slices.Equal(got, want) {
		t.Errorf("within the deadline in %v, want %v", got, want)
	}
	if got, want := spans(l, overrun), []interval{{10 * time.Second, 12 * time.Second}, {20 * time.Second, 22 * time.Second}}; !slices.Equal(got, want) {
		t.Errorf("past the deadline in %v, want %v", got, want)
	}
}

func TestViolationIsShownWhereItHappened(t *testing.T) {
	h, findings := gcPause("none")
	s := sceneOf(t, h, findings)
	want := map[check.Property]violation{
		check.Overlap:    {spans: []interval{{10200 * ms, 12200 * ms}}},
		check.LostUpdate: {at: 17*time.Second - ms/2, moment: true},
		check.StaleWrite: {at: 17*time.Second - ms/2, moment: true},
	}
	if len(s.violations) != len(want) {
		t.Fatalf("%d violations are shown, want %d", len(s.violations), len(want))
	}
	for _, v := range s.violations {
		w := want[v.property]
		if !slices.Equal(v.spans, w.spans) || v.moment != w.moment || v.at != w.at {
			t.Errorf("%s is shown at %v %v, want %v %v", v.property, v.spans, v.at, w.spans, w.at)
		}
	}
	guilty := 0
	for _, m := range laneNamed(t, s, "ledger").marks {
		if m.guilty {
			guilty++
		}
	}
	if guilty != 2 {
		t.Errorf("%d marks at the ledger are named as evidence, want both writes", guilty)
	}
}

func TestWorkIsShownForAsLongAsItLasted(t *testing.T) {
	s := newScribe("x", "redis", "none", 2)
	for _, e := range []sim.Event{
		{At: 0, Host: "client-1", Kind: sim.Acquired, Grant: "g", Until: 10 * time.Second},
		{At: 8 * time.Second, Host: "client-1", Kind: sim.Lost, Grant: "g"},
		{At: 11 * time.Second, Host: "client-2", Kind: sim.Acquired, Grant: "h", Until: 21 * time.Second},
		{At: 15 * time.Second, Host: "client-1", Kind: sim.Release, Grant: "g"},
		{At: 16 * time.Second, Host: "client-2", Kind: sim.Release, Grant: "h"},
	} {
		s.at(e.At, e)
	}
	h := s.end(23 * time.Second)
	violations := sceneOf(t, h, check.All(trace.Read(h))).violations
	if len(violations) != 1 || violations[0].property != check.WorkOverlap {
		t.Fatalf("%v are shown, want a work overlap and nothing else", violations)
	}
	if got, want := violations[0].spans, []interval{{11 * time.Second, 15 * time.Second}}; !slices.Equal(got, want) {
		t.Errorf("it lasted %v, want %v", got, want)
	}
}

func TestOverlapWithinDeadlinesLeavesOutWhatIsPastThem(t *testing.T) {
	h, findings := gcPause("none")
	findings[0].Property = check.OverlapValid // a mistaken checker: there is no such overlap
	v := sceneOf(t, h, findings).violations[0]
	if len(v.spans) != 0 || !v.moment {
		t.Errorf("shown as %v: client-1 was past its deadline before client-2 came", v.spans)
	}
}

func TestCrowdedHistoryIsCutAroundTheViolation(t *testing.T) {
	h, findings := crowded()
	s := sceneOf(t, h, findings)
	at := s.violations[0].at
	if at < s.from || at > s.to {
		t.Errorf("the violation at %v is outside of what is drawn, %v to %v", at, s.from, s.to)
	}
	marks := 0
	for _, l := range s.lanes {
		marks += len(l.marks)
		for _, m := range l.marks {
			if m.at < s.from || m.at > s.to {
				t.Errorf("a mark at %v is outside of what is drawn, %v to %v", m.at, s.from, s.to)
			}
		}
	}
	if marks > maxMarks {
		t.Errorf("%d marks are drawn, %d can be read", marks, maxMarks)
	}
	fullest := 0
	for _, l := range s.lanes {
		text := 0
		for _, m := range l.marks {
			text += len(m.label)
		}
		if text > maxText {
			t.Errorf("the labels of %s have %d characters, %d can be read", l.name, text, maxText)
		}
		fullest = max(fullest, text)
	}
	if marks < maxMarks*9/10 && fullest < maxText*9/10 {
		t.Errorf("%d marks are drawn, and no lane has labels of more than %d characters: there is room for more", marks, fullest)
	}
	if len(s.notes) == 0 {
		t.Error("the caption does not say that something is left out")
	}
}

func TestVerdictSaysTheGravestFirst(t *testing.T) {
	finding := func(p check.Property, v check.Verdict) check.Finding {
		return check.Finding{Property: p, Verdict: v, Why: "why"}
	}
	long := finding(check.Availability, check.Violated)
	long.Why = "client-1 gave up (1 of 2 in all; client-1 0 of 1)"
	for _, test := range []struct {
		name     string
		findings []check.Finding
		want     string
		violated bool
	}{
		{"figures are for tables", []check.Finding{long}, "availability: client-1 gave up.", true},
		{"who was charged twice has no use for unlost withdrawals", []check.Finding{finding(check.DuplicateEffect, check.Violated), finding(check.LostUpdate, check.Holds)}, "duplicate effect: why.", true},
		{"money before locks", []check.Finding{finding(check.Overlap, check.Violated), finding(check.LostUpdate, check.Violated)}, "lost update: why.", true},
		{"an overlap that cost nothing", []check.Finding{finding(check.Overlap, check.Violated), finding(check.LostUpdate, check.Holds)}, "overlap: why. No acknowledged withdrawal was lost.", true},
		{"a fault that was not proven", []check.Finding{finding(check.LostUpdate, check.Violated), finding(check.FaultsHappened, check.Undecided)}, "undecided, faults-happened: why.", false},
		{"a recording that cannot be", []check.Finding{finding(check.RecordingSane, check.Violated)}, "undecided, recording-sane: why.", false},
		{"a lock without tokens", []check.Finding{finding(check.Overlap, check.Holds), finding(check.TokenOrder, check.Undecided)}, "Nothing was violated.", false},
		{"undecided", []check.Finding{finding(check.Overlap, check.Holds), finding(check.StaleWrite, check.Undecided)}, "undecided, stale write: why.", false},
		{"all well", []check.Finding{finding(check.Overlap, check.Holds)}, "Nothing was violated.", false},
		{"not judged", nil, "This trial was not judged.", false},
	} {
		got, violated := words.Verdict(&sim.History{}, test.findings)
		if got != test.want || violated != test.violated {
			t.Errorf("%s: %q (violated: %t), want %q (%t)", test.name, got, violated, test.want, test.violated)
		}
	}
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 7: "7 ns", 1500: "1.5 µs", 3 * ms: "3 ms", 250 * ms: "0.25 s", 10 * time.Second: "10 s",
		15003 * ms: "15 s", 1234567 * ms: "1235 s", 2050 * ms: "2.05 s", 100 * time.Second: "100 s",
	} {
		if got := words.Seconds(d); got != want {
			t.Errorf("seconds(%d) = %q, want %q", d, got, want)
		}
	}
}
