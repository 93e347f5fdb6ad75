package timeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// cell is the first trial of a virtual cell of the built-in scenarios, and its picture.
type cell struct {
	name     string
	history  *sim.History
	findings []check.Finding
	scene    *scene
}

var cells = sync.OnceValues(func() (out []cell, err error) {
	all, err := scenarios.Builtin(script.Everything())
	if err != nil {
		return nil, err
	}
	trials, err := trial.Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials(all)
	if err != nil {
		return nil, err
	}
	for _, trial := range trials {
		if trial.Unavailable() != nil {
			continue
		}
		h, err := trial.Simulate(context.Background())
		if err != nil {
			return nil, err
		}
		findings := check.All(trace.Read(h))
		s, err := newScene(h, findings, trial.Scenario.Title)
		if err != nil {
			return nil, err
		}
		out = append(out, cell{fmt.Sprintf("%s with %s, guard %s", trial.Scenario.Name, trial.Backend, trial.Guard), h, findings, s})
	}
	return out, nil
})

func eachCell(t *testing.T, do func(name string, h *sim.History, findings []check.Finding, s *scene)) {
	t.Helper()
	all, err := cells()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		do(c.name, c.history, c.findings, c.scene)
	}
}

func violated(findings []check.Finding, properties ...check.Property) bool {
	return slices.ContainsFunc(findings, func(f check.Finding) bool {
		return f.Verdict == check.Violated && slices.Contains(properties, f.Property)
	})
}

// TestEveryLosingTimelineSaysWhatWouldBeRight checks headlines and the account's lane, and that no
// other timeline says so.
func TestEveryLosingTimelineSaysWhatWouldBeRight(t *testing.T) {
	losing := 0
	eachCell(t, func(name string, h *sim.History, findings []check.Finding, s *scene) {
		all := trace.Balances(h)
		if !violated(findings, check.Harming(check.TheAccount)...) {
			if strings.Contains(s.verdict, "would be right") {
				t.Errorf("%s: nothing was lost, yet %q", name, s.verdict)
			}
			return
		}
		if s.adds { // there is no account
			return
		}
		losing++
		last := all[len(all)-1]
		if want := fmt.Sprintf("The balance is %d; %d would be right.", last.Is, last.Right); !strings.Contains(s.verdict, want) {
			t.Errorf("%s: the headline does not say %q: %s", name, want, s.verdict)
		}
		if s.windowed {
			return // the end of the account's lane may be outside
		}
		lane := s.lanes[len(s.lanes)-1]
		if got, want := lane.bars[len(lane.bars)-1].labels[0], fmt.Sprintf("; %d would be right", last.Right); !strings.HasSuffix(got, want) {
			t.Errorf("%s: the account's lane ends with %q", name, got)
		}
	})
	if losing < 50 {
		t.Errorf("only %d trials lost money: there is little to look at", losing)
	}
}

// TestNoHeadlineSpeaksAgainstAFinding compares headlines with the findings that they illustrate.
func TestNoHeadlineSpeaksAgainstAFinding(t *testing.T) {
	rescues := 0
	eachCell(t, func(name string, h *sim.History, findings []check.Finding, s *scene) {
		gravest, broken := words.Gravest(findings)
		switch refused := strings.HasPrefix(s.verdict, "refused: "); {
		case refused:
			rescues++
			if violated(findings, check.LostUpdate, check.DuplicateEffect, check.FreshRefused) || s.violated {
				t.Errorf("%s: %q, although %s is violated", name, s.verdict, gravest.Property)
			}
			if broken && !strings.Contains(s.verdict, words.Property(gravest.Property)) {
				t.Errorf("%s: %q says nothing of %s", name, s.verdict, gravest.Property)
			}
		case broken && !strings.HasPrefix(s.verdict, words.Property(gravest.Property)+": ") && !strings.HasPrefix(s.verdict, "undecided, "):
			t.Errorf("%s: %q, although %s is violated", name, s.verdict, gravest.Property)
		}
	})
	if rescues < 50 {
		t.Errorf("only %d guards saved the account: there is little to look at", rescues)
	}
}

func TestBehindAGuardThatSavedTheAccountTheHeadlineIsTheRefusal(t *testing.T) {
	for _, c := range []struct {
		scenario, backend, guard string
		says                     []string
	}{
		{"gc-pause", "redis", "fence-all", []string{
			"refused: token 1 is lower than 2, the highest one seen.", "client-1 would have written 90 over client-2's withdrawal.", "Violated nevertheless: overlap.",
			"client-1 refused: token 1 is lower than 2", "highest token seen: 1", "highest token seen: 2", "the guard saves the account",
		}},
		{"gc-pause", "redis", "fence-writes", []string{"refused: token 1 is lower than 2, the highest one seen.", "no token seen yet", "highest token seen: 2"}},
		{"gc-pause", "redis", "cas", []string{"refused: computed from version 0, but the account has version 1.", "client-1 refused: from v0, not v1"}},
		{"value-set", "redis", "value", []string{"refused: the lock value ", "lock value set last: that of client-2"}},
		{"value-set", "redis", "mint", []string{"refused: token 1 is lower than 2, the highest one handed out.", "highest token handed out: 2"}},
		{"charge-once", "redis", "unique", []string{
			"refused: there is an effect with the id job-1 already.", "client-1 would have charged for job-1 again.", "client-1 refused: job-1 was already done",
		}},
	} {
		f, err := Timeline(picturetest.History(t, c.scenario, c.backend, c.guard))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(textOf(t, picturetest.SVG(t, f))), " ")
		for _, want := range c.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s with guard %s: the picture does not say %q; it says:\n%s", c.scenario, c.guard, want, text)
			}
		}
	}
}

func TestTheTitleOfAPictureIsTheScenariosTitle(t *testing.T) {
	h, findings := gcPause("none")
	for title, want := range map[string][]string{
		"A pause outlives the lease": {"A pause outlives the lease", "gc-pause · redis · guard none · virtual world, seed 1, lease 10 s"},
		"":                           {"gc-pause · redis · guard none", "virtual world, seed 1, lease 10 s"},
	} {
		f, err := Timeline(h, findings, title)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Split(textOf(t, picturetest.SVG(t, f)), "\n"); !slices.Equal(lines[:2], want) {
			t.Errorf("with the title %q the picture begins with %q", title, lines[:2])
		}
	}
}

// TestNoPartOfATrialEndsAfterTheTrial looks at captions such as "30.9 s to 99.1 s of 99.1 s".
func TestNoPartOfATrialEndsAfterTheTrial(t *testing.T) {
	windows := 0
	eachCell(t, func(name string, h *sim.History, findings []check.Finding, s *scene) {
		end := h.Events[len(h.Events)-1].At
		for _, note := range s.notes {
			_, part, cut := strings.Cut(note, "is shown, ")
			if !cut {
				continue
			}
			windows++
			var from, to, whole float64
			if n, err := fmt.Sscanf(part, "%g s to %g s of %g s", &from, &to, &whole); n != 3 {
				if !strings.HasPrefix(part, "0 s to") && !strings.Contains(part, " ms to ") {
					t.Errorf("%s: cannot read %q: %v", name, part, err)
				}
				continue
			}
			if from > to || to > whole || words.Seconds(end) != fmt.Sprintf("%g s", whole) {
				t.Errorf("%s: %q, and the trial lasted %v", name, note, end)
			}
		}
	})
	if windows == 0 {
		t.Error("no picture is cut")
	}
	if got := words.Part(30900*ms, 99400*ms, 99100*ms); got != "30.9 s to 99.1 s of 99.1 s" {
		t.Errorf("got %q", got)
	}
}

func TestALookStandsBeforeThePauseThatFollowsIt(t *testing.T) {
	s := newScribe("x", "redis", "none", 1)
	op := "client-1/1"
	for _, e := range []sim.Event{
		{At: 0, Kind: sim.Acquired, Op: op, Grant: "g", Until: 10 * time.Second},
		{At: ms, Kind: sim.Read, Op: op, Balance: 100},
		{At: 6 * time.Second, Kind: sim.Check, Op: op, Grant: "g"},
		{At: 18 * time.Second, Kind: sim.Write, Op: op, Grant: "g", Balance: 90},
		{At: 19 * time.Second, Kind: sim.Check, Op: "client-1/2", Grant: "g"},
		{At: 19 * time.Second, Kind: sim.Write, Op: "client-1/2", Grant: "g", Balance: 80},
	} {
		e.Host = "client-1"
		s.at(e.At, e)
	}
	s.pause(1, 6*time.Second, 18*time.Second)
	h := s.end(20 * time.Second)
	sheet := arrange(sceneOf(t, h, nil))
	var looks []mark
	for i, l := range sheet.lanes {
		if l.name != "client-1" {
			continue
		}
		for _, m := range l.marks {
			if m.style == look {
				looks = append(looks, m)
			}
		}
		at := slices.IndexFunc(sheet.rows[i].tags, func(f tag) bool { return l.marks[f.mark].label == "looks: the lease is good" })
		if at < 0 {
			t.Fatal("the look has no label")
		}
		if f := sheet.rows[i].tags[at]; f.right > sheet.x(6*time.Second) {
			t.Errorf("the label of the look ends at %v, after the pause has begun at %v", f.right, sheet.x(6*time.Second))
		}
	}
	if len(looks) != 2 || !looks[0].before || looks[1].before || looks[1].label != "" {
		t.Errorf("the looks are %+v; expected one with a label, right before the pause, and one that says nothing, as the write came at once", looks)
	}
}

func TestAClientThatKnowsBetterAndWorksOnIsSeenToDoSo(t *testing.T) {
	s := newScribe("x", "redis", "none", 1)
	op := "client-1/1"
	for _, e := range []sim.Event{
		{At: 0, Kind: sim.Acquired, Op: op, Grant: "g"},
		{At: 5 * time.Second, Kind: sim.Lost, Grant: "g"},
		{At: 5 * time.Second, Kind: sim.Ignored, Op: op, Grant: "g"},
		{At: 9 * time.Second, Kind: sim.Abandon, Op: op, Grant: "g", Note: "it has kept working for as long as its discipline allows"},
		{At: 9 * time.Second, Kind: sim.Release, Op: op, Grant: "g"},
	} {
		e.Host = "client-1"
		s.at(e.At, e)
	}
	l := laneNamed(t, sceneOf(t, s.end(10*time.Second), nil), "client-1")
	if got, want := spans(l, held), []interval{{0, 5 * time.Second}}; !slices.Equal(got, want) {
		t.Errorf("believes to hold the lock in %v, want %v", got, want)
	}
	if got, want := spans(l, knowing), []interval{{5 * time.Second, 9 * time.Second}}; !slices.Equal(got, want) {
		t.Errorf("works on in %v, want %v", got, want)
	}
	var said []string
	for _, m := range l.marks {
		said = append(said, m.label)
	}
	if want := []string{"told: lock lost", "knows it, and works on", "stops: it has kept working for as long as its discipline allows"}; !slices.Equal(said, want) {
		t.Errorf("the marks say %q, want %q", said, want)
	}
}

func TestWhoWasToldIsSeenToWorkOnUntilItIsDone(t *testing.T) {
	s := newScribe("x", "redis", "none", 1)
	op := "client-1/1"
	for _, e := range []sim.Event{
		{At: 0, Kind: sim.Acquired, Op: op, Grant: "g", Until: 8 * time.Second},
		{At: 5 * time.Second, Kind: sim.Lost, Grant: "g"},
		{At: 9 * time.Second, Kind: sim.Write, Op: op, Grant: "g", Balance: 90},
		{At: 9 * time.Second, Kind: sim.Wrote, Op: op},
		{At: 10 * time.Second, Kind: sim.Release, Op: op, Grant: "g"},
		{At: 11 * time.Second, Kind: sim.Acquired, Op: "client-1/2", Grant: "h", Until: 30 * time.Second},
		{At: 15 * time.Second, Kind: sim.Lost, Grant: "h"},
		{At: 15 * time.Second, Kind: sim.Abandon, Op: "client-1/2", Grant: "h", Note: "it was told that the lock is lost"},
		{At: 15 * time.Second, Kind: sim.Release, Op: "client-1/2", Grant: "h"},
	} {
		e.Host = "client-1"
		s.at(e.At, e)
	}
	l := laneNamed(t, sceneOf(t, s.end(20*time.Second), nil), "client-1")
	if got, want := spans(l, knowing), []interval{{5 * time.Second, 10 * time.Second}}; !slices.Equal(got, want) {
		t.Errorf("works on in %v, want %v: it stopped at once the second time", got, want)
	}
	if got := spans(l, overrun); got != nil {
		t.Errorf("is past its deadline in %v, but knows better by then", got)
	}
	var said []string
	for _, m := range l.marks {
		said = append(said, m.label)
	}
	if want := []string{"told: lock lost", "wrote 90", "told: lock lost", "stops"}; !slices.Equal(said, want) {
		t.Errorf("the marks say %q, want %q", said, want)
	}
}

func TestADeadlineThatWasOverForAMomentIsNotInTheLegend(t *testing.T) {
	for late, want := range map[time.Duration]bool{time.Microsecond: false, 5 * time.Second: true} {
		s := newScribe("x", "redis", "none", 1)
		for _, e := range []sim.Event{
			{At: 0, Kind: sim.Acquired, Op: "client-1/1", Grant: "g", Until: 5 * time.Second},
			{At: 5*time.Second + late, Kind: sim.Renewed, Grant: "g", Until: 25 * time.Second},
			{At: 18 * time.Second, Kind: sim.Release, Op: "client-1/1", Grant: "g"},
		} {
			e.Host = "client-1"
			s.at(e.At, e)
		}
		f, err := Timeline(s.end(20*time.Second), nil, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(textOf(t, picturetest.SVG(t, f)), "the same, past its own deadline"); got != want {
			t.Errorf("past the deadline for %v: the legend says so: %t, want %t", late, got, want)
		}
	}
}
