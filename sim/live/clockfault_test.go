//go:build linux

package live_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

// slack is how long the machine may take between two things that happen one after the
// other, where a test has no closer bound.
const slack = 5 * time.Second

// near tells whether two lengths of time differ by little, next to the faults in here.
func near(a, b time.Duration) bool { return (a - b).Abs() < slack }

// needClocks skips the test where clocks cannot be shifted.
func needClocks(t *testing.T) {
	t.Helper()
	livetest.Need(t)
	livetest.NeedAll(t, live.ClockPatch())
}

// wallBetween is how far the wall clock of the process went from one event to another.
func wallBetween(a, b sim.Event) time.Duration { return time.Duration(b.Balance - a.Balance) }

func TestWallStepIsSeenByTheProcessAndNotByTrueTime(t *testing.T) {
	needClocks(t)
	for _, step := range []time.Duration{15 * time.Second, -time.Hour - 1234567890} {
		lab := newLab(t, "client-1", "client-2")
		startRole(t, lab, "client-1", "timekeeper", 100*time.Millisecond)
		startRole(t, lab, "client-2", "timekeeper", time.Duration(0))
		steps := []sim.Step{at(sim.Fault{Kind: sim.ClockFault, Host: "client-1", Clock: sim.WallClock, Step: step, For: 20 * time.Millisecond})}
		events := play(t, live.NewWorld(lab, steps), time.Minute, "client-1", "client-2")
		var own []sim.Event
		for _, e := range events {
			if e.At > slack {
				t.Errorf("step %v: true time is %v at %+v", step, e.At, e)
			}
			if e.Host == "client-1" && e.Balance != 0 {
				own = append(own, e)
			}
			if e.Host == "client-2" && e.Balance != 0 && !near(time.Until(time.Unix(0, e.Balance)), 0) {
				t.Errorf("the clock of another host was stepped, too: %v", time.Unix(0, e.Balance))
			}
		}
		if len(own) != 3 {
			t.Fatalf("%d readings, want 3", len(own))
		}
		if got := wallBetween(own[0], own[1]); got < step || !near(got, step) {
			t.Errorf("a step of %v moved the wall clock by %v", step, got)
		}
		if got := wallBetween(own[1], own[2]); !near(got, -step) {
			t.Errorf("the end of a step of %v moved the wall clock by %v", step, got)
		}
		if got := own[1].Until - own[0].Until; !near(got, 0) {
			t.Errorf("a step of the wall clock moved the monotonic clock by %v", got)
		}
	}
}

// What a process sees of a step of its clock lies between the stamps of the fault: a reading
// that is recorded as one event was taken after the event before it.
func TestAClockIsOffBetweenTheStampsOfTheFault(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1")
	startRole(t, lab, "client-1", "watcher", nil)
	steps := []sim.Step{{
		When: sim.Trigger{Host: "client-1", Kind: sim.Check, Nth: 20, After: 100 * time.Microsecond},
		Do:   sim.Fault{Kind: sim.ClockFault, Host: "client-1", Clock: sim.WallClock, Step: time.Hour, For: 5 * time.Millisecond},
	}}
	events := play(t, live.NewWorld(lab, steps), time.Minute, "client-1")
	applied, undone := first(t, events, sim.FaultApplied).At, first(t, events, sim.FaultUndone).At
	taken, left := time.Duration(0), false // the last reading was taken after this
	for _, e := range events {
		if e.Kind != sim.Check {
			continue
		}
		off := e.Refused
		left = left || off
		switch {
		case off && (e.At < applied || taken > undone):
			t.Errorf("its clock was off between %v and %v, the fault was in effect from %v to %v", taken, e.At, applied, undone)
		case !off && !left && taken > applied:
			t.Errorf("its clock was right after %v, the fault was in effect from %v", taken, applied)
		case !off && left && e.At < undone:
			t.Errorf("its clock was right before %v, the fault was in effect until %v", e.At, undone)
		}
		taken = e.At
	}
	if !left {
		t.Error("its clock was never off")
	}
}

func TestMonotonicStepEndsASleep(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1")
	startRole(t, lab, "client-1", "sleeper", nil)
	const step = 2 * time.Hour
	steps := []sim.Step{{
		When: sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1, After: 30 * time.Millisecond},
		Do:   sim.Fault{Kind: sim.ClockFault, Host: "client-1", Clock: sim.MonotonicClock, Step: step},
	}}
	w := live.NewWorld(lab, steps)
	events := play(t, w, time.Minute, "client-1")
	asleep, awake := first(t, events, sim.Acquired), first(t, events, sim.Check)
	if awake.At > slack {
		t.Errorf("an hour's sleep ended at %v of true time", awake.At)
	}
	if got := awake.Until - asleep.Until; got < step || !near(got, step) {
		t.Errorf("the monotonic clock went on by %v, want %v", got, step)
	}
	if got := wallBetween(asleep, awake); !near(got, 0) {
		t.Errorf("a step of the monotonic clock moved the wall clock by %v", got)
	}
	if shown := w.Clock("client-1").At(awake.At); (shown - awake.Until).Abs() > 100*time.Millisecond {
		t.Errorf("the world thinks that the clock showed %v, the process saw %v", shown, awake.Until)
	}
	if w.Clock("client-2") != nil {
		t.Error("the world thinks that it has touched a clock of which it has not")
	}
}

func TestSuspendedMonotonicClockStandsStillWhileTheWallClockGoesOn(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1")
	const away, asleep = 300 * time.Millisecond, 10 * time.Millisecond
	startRole(t, lab, "client-1", "timekeeper", asleep)
	steps := []sim.Step{at(sim.Fault{Kind: sim.Suspend, Host: "client-1", For: away})}
	w := live.NewWorld(lab, steps)
	events := play(t, w, time.Minute, "client-1")
	before, after, later := first(t, events, sim.Acquired), first(t, events, sim.Check), first(t, events, sim.Release)
	if lasted := after.At - before.At; lasted < away {
		t.Errorf("it was away for %v of true time, want %v", lasted, away)
	}
	if got := wallBetween(before, after); got < away {
		t.Errorf("the wall clock went on by %v, want %v", got, away)
	}
	if got := after.Until - before.Until; got < 0 || got > after.At-before.At-away {
		t.Errorf("the monotonic clock went on by %v in %v, of which it was suspended for %v", got, after.At-before.At, away)
	}
	if got := later.Until - after.Until; got < asleep {
		t.Errorf("a sleep of %v took %v on the clock that it is counted on", asleep, got)
	}
	if shown := w.Clock("client-1").At(later.At); (shown - later.Until).Abs() > away/2 {
		t.Errorf("the world thinks that the clock showed %v, the process saw %v", shown, later.Until)
	}
}

// Processes that are started on a host whose clocks are off find them so from the first
// instruction on.
func TestRestartedProcessFindsTheClocksAsTheyAre(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1")
	startRole(t, lab, "client-1", "reborn", nil)
	const wall, monotonic = -48 * time.Hour, time.Hour
	steps := []sim.Step{
		at(sim.Fault{Kind: sim.ClockFault, Host: "client-1", Clock: sim.WallClock, Step: wall}),
		at(sim.Fault{Kind: sim.ClockFault, Host: "client-1", Clock: sim.MonotonicClock, Step: monotonic}),
		at(sim.Fault{Kind: sim.Crash, Host: "client-1", For: 10 * time.Millisecond}),
	}
	events := play(t, live.NewWorld(lab, steps), time.Minute, "client-1")
	var lives []sim.Event
	for _, e := range events {
		if e.Kind == sim.Acquired {
			lives = append(lives, e)
		}
	}
	if len(lives) != 2 {
		t.Fatalf("%d lives, want 2", len(lives))
	}
	if got := wallBetween(lives[0], lives[1]); !near(got, wall) {
		t.Errorf("the wall clock of the second life is off by %v, want %v", got, wall)
	}
	if got := lives[1].Until - lives[0].Until; got < monotonic || !near(got, monotonic) {
		t.Errorf("the monotonic clock of the second life is off by %v, want %v", got, monotonic)
	}
}

func TestStepsOfOneClockAddUp(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1")
	startRole(t, lab, "client-1", "timekeeper", 60*time.Millisecond)
	step := func(d, length time.Duration) sim.Step {
		return at(sim.Fault{Kind: sim.ClockFault, Host: "client-1", Clock: sim.WallClock, Step: d, For: length})
	}
	steps := []sim.Step{step(time.Hour, time.Millisecond), step(10*time.Hour, time.Minute)}
	events := play(t, live.NewWorld(lab, steps), time.Minute, "client-1")
	before, both, one := first(t, events, sim.Acquired), first(t, events, sim.Check), first(t, events, sim.Release)
	undone := first(t, events, sim.FaultUndone)
	if got := wallBetween(before, both); both.At < undone.At && !near(got, 11*time.Hour) {
		t.Errorf("two steps moved the clock by %v, want 11h", got)
	}
	if got := wallBetween(before, one); !near(got, 10*time.Hour) {
		t.Errorf("when one of two steps had ended the clock was off by %v, want 10h", got)
	}
}

// perlClocks writes by how much every way of asking for the time is off at least and at
// most, again and again. It asks the kernel itself before and after. Some clocks lag
// behind by a tick of the kernel, and time() by a second.
const perlClocks = `use Time::HiRes qw(clock_gettime gettimeofday);
sub true_time { my $t = pack "qq", 0, 0; syscall 228, $_[0], $t; my ($s, $ns) = unpack "qq", $t; $s + $ns / 1e9 }
sub off { my ($id, $lag, $ask) = @_; my $before = true_time($id); my $told = $ask->(); my $after = true_time($id);
	sprintf "%.6f %.6f\n", $told - $after - 0.001, $told + $lag + 0.021 - $before }
while (1) {
	my $text = off(0, 1, sub { time }) . off(0, 0, sub { my ($s, $us) = gettimeofday(); $us < 1e6 ? $s + $us / 1e6 : 0 });
	for my $id (0, 5, 11, 1, 4, 6, 7) { $text .= off($id, 0, sub { clock_gettime($id) }) }
	open my $f, ">", "new"; print $f $text; close $f;
	rename "new", "clocks"; select undef, undef, undef, 0.001 }`

func TestEveryWayOfAskingForTheTimeIsShifted(t *testing.T) {
	needClocks(t)
	perl, err := exec.LookPath("perl")
	livetest.NeedAll(t, err)
	lab := newLab(t, "server-1")
	a := lab.Agent("server-1")
	if _, err := a.Start("clocks", []string{perl, "-e", perlClocks}); err != nil {
		t.Fatal(err)
	}
	const clocks, wallClocks = 9, 5 // the others are monotonic
	file := filepath.Join(lab.Dir("server-1"), "clocks")
	fresh := func() (bounds []float64) {
		for range 2 { // the second new file was begun after this moment
			os.Remove(file)
			eventually(t, "it tells the time", func() bool { _, err := os.Stat(file); return err == nil })
		}
		text, _ := os.ReadFile(file)
		for _, field := range strings.Fields(string(text)) {
			seconds, _ := strconv.ParseFloat(field, 64)
			bounds = append(bounds, seconds)
		}
		return bounds
	}
	// Parts of a second just below a whole one have to be carried over nearly always.
	var wall, monotonic time.Duration
	for _, step := range []time.Duration{0, 3600999 * time.Millisecond, -7200 * time.Second} {
		if _, err := a.StepWall(step); err != nil {
			t.Fatal(err)
		}
		if _, err := a.StepMonotonic(step.Abs()); err != nil {
			t.Fatal(err)
		}
		wall, monotonic = wall+step, monotonic+step.Abs()
		bounds := fresh()
		if len(bounds) != 2*clocks {
			t.Fatalf("%d bounds, want two for each of %d clocks", len(bounds), clocks)
		}
		for i := range clocks {
			want := wall
			if i >= wallClocks {
				want = monotonic
			}
			if least, most := bounds[2*i], bounds[2*i+1]; want.Seconds() < least || want.Seconds() > most {
				t.Errorf("clock %d is off by %f s to %f s, want %v", i, least, most, want)
			}
		}
	}
}

func TestRealRedisBelievesItsWallClock(t *testing.T) {
	needClocks(t)
	program, err := exec.LookPath("redis-server")
	livetest.NeedAll(t, err)
	lab := newLab(t, "redis-1", "client-1")
	a := lab.Agent("redis-1")
	argv := []string{program, "--save", "", "--appendonly", "no", "--bind", a.Address(), "--protected-mode", "no"}
	if _, err := a.Start("redis-server", argv); err != nil {
		t.Fatal(err)
	}
	ask := func(command string, lines int) (answer []string, err error) {
		conn, err := a.Dial(t.Context(), "tcp", a.Address()+":6379")
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		if _, err := fmt.Fprint(conn, command+"\r\n"); err != nil {
			return nil, err
		}
		for s := bufio.NewScanner(conn); len(answer) < lines && s.Scan(); {
			answer = append(answer, s.Text())
		}
		return answer, nil
	}
	asked := 0
	a.ProveClock = func(context.Context) (time.Time, error) {
		asked++
		answer, err := ask("TIME", 5)
		if err != nil || len(answer) < 5 {
			return time.Time{}, errors.Join(err, fmt.Errorf("TIME: %q", answer))
		}
		seconds, err1 := strconv.ParseInt(answer[2], 10, 64)
		micros, err2 := strconv.ParseInt(answer[4], 10, 64)
		return time.Unix(seconds, micros*1000), errors.Join(err1, err2)
	}
	eventually(t, "redis takes a key for ten seconds", func() bool {
		answer, _ := ask("SET lock me PX 10000", 1)
		return len(answer) == 1 && answer[0] == "+OK"
	})
	startRole(t, lab, "client-1", "client", nil)
	const step = 15 * time.Second
	w := live.NewWorld(lab, []sim.Step{at(sim.Fault{Kind: sim.ClockFault, Host: "redis-1", Clock: sim.WallClock, Step: step})})
	play(t, w, time.Minute, "client-1")
	if asked != 1 {
		t.Errorf("redis was asked for its time %d times, want once", asked)
	}
	if answer, err := ask("GET lock", 1); err != nil || answer[0] != "$-1" {
		t.Errorf("the key is still there: %q, %v", answer, err)
	}
	if now, err := a.ProveClock(t.Context()); err != nil || !near(time.Until(now), step) {
		t.Errorf("redis says it is %v, %v", now, err)
	}
	if err := w.Heal(); err != nil {
		t.Fatal(err)
	}
	if now, err := a.ProveClock(t.Context()); err != nil || !near(time.Until(now), 0) {
		t.Errorf("after the step redis says it is %v, %v", now, err)
	}
}

func TestServerThatTellsAnotherTimeLeavesTheStepUnproven(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "server-1", "client-1")
	a := lab.Agent("server-1")
	if _, err := a.Start("server", []string{"sleep", "1000"}); err != nil {
		t.Fatal(err)
	}
	a.ProveClock = func(context.Context) (time.Time, error) { return time.Now(), nil }
	startRole(t, lab, "client-1", "client", nil)
	steps := []sim.Step{at(sim.Fault{Kind: sim.ClockFault, Host: "server-1", Clock: sim.WallClock, Step: time.Hour})}
	events, err := live.NewWorld(lab, steps).Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
	if err != nil {
		t.Fatal(err)
	}
	if e := first(t, events, sim.FaultUnproven); !strings.Contains(e.Note, "expected 1h0m0s") {
		t.Errorf("unproven, because %s", e.Note)
	}
}

// What is patched and restored under a program that reads the clock all the time on many
// threads must not show in anything but the wall clock.
func TestHundredStepsUnderLoadDoNoHarm(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1")
	p := startRole(t, lab, "client-1", "spinner", nil)
	if err := p.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := lab.Agent("client-1")
	for range 100 {
		for _, step := range []time.Duration{time.Hour, -time.Hour} {
			if _, err := a.StepWall(step); err != nil {
				t.Fatal(err)
			}
		}
	}
	events := play(t, live.NewWorld(lab, nil), time.Minute, "client-1")
	if e := first(t, events, sim.Check); e.Balance < 1000 {
		t.Errorf("it read the clock only %d times", e.Balance)
	}
}

func TestMonotonicClockIsNotSetBack(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "server-1")
	a := lab.Agent("server-1")
	if _, err := a.Start("server", []string{"sleep", "1000"}); err != nil {
		t.Fatal(err)
	}
	_, err := a.StepMonotonic(-time.Second)
	wantError(t, err, "server-1", "cannot be set back")
	_, err = a.Wake()
	wantError(t, err, "not suspended")
}

func TestLiveWorldSaysWhichFaultsItCannotDo(t *testing.T) {
	needClocks(t)
	clock := func(name sim.ClockName, step, length time.Duration, rate int64) sim.Fault {
		return sim.Fault{Kind: sim.ClockFault, Host: sim.Leader, Clock: name, Step: step, For: length, Rate: rate}
	}
	for _, c := range []struct {
		fault sim.Fault
		why   string // empty: it can
	}{
		{clock(sim.WallClock, time.Second, time.Second, 0), ""},
		{clock(sim.WallClock, -time.Second, 0, 0), ""},
		{clock(sim.MonotonicClock, time.Second, 0, 0), ""},
		{clock(sim.MonotonicClock, time.Second, time.Second, 0), "cannot undo"},
		{clock(sim.MonotonicClock, -time.Second, 0, 0), "cannot be set back"},
		{clock(sim.WallClock, 0, 0, 2), "how fast"},
		{sim.Fault{Kind: sim.Suspend}, ""},
		{sim.Fault{Kind: sim.Crash}, ""},
		{sim.Fault{Kind: sim.Pause}, ""},
		{sim.Fault{Kind: sim.Drop, Probability: 0.005}, ""},
		{sim.Fault{Kind: sim.Drop, Probability: 0.004}, "too rare"},
		{sim.Fault{Kind: "earthquake"}, "earthquake"},
	} {
		err := live.CanDo(c.fault)
		if c.why == "" && err != nil || c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)) {
			t.Errorf("%+v: %v, want %q", c.fault, err, c.why)
		}
	}
}

func TestEmptyHostHasNoClock(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1", "empty")
	startRole(t, lab, "client-1", "client", nil)
	var steps []sim.Step
	for _, clock := range []sim.ClockName{sim.WallClock, sim.MonotonicClock} {
		steps = append(steps, at(sim.Fault{Kind: sim.ClockFault, Host: "empty", Clock: clock, Step: time.Second}))
	}
	steps = append(steps, at(sim.Fault{Kind: sim.Suspend, Host: "empty"}), at(sim.Fault{Kind: sim.Crash, Host: "empty"}))
	events, err := live.NewWorld(lab, steps).Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, e := range events {
		if e.Kind == sim.FaultUnproven && strings.Contains(e.Note, "no process") {
			refused++
		}
	}
	if refused != len(steps) {
		t.Errorf("%d of %d faults were refused", refused, len(steps))
	}
}

// What nobody has looked at is not proven; what somebody has seen stays so if he dies.
func TestClockThatNobodyHasSeenIsNotProven(t *testing.T) {
	needClocks(t)
	step := sim.Fault{Kind: sim.ClockFault, Host: server1, Clock: sim.WallClock, Step: time.Hour, For: 20 * time.Millisecond}
	crash := sim.Fault{Kind: sim.Crash, Host: server1}
	for _, c := range []struct {
		faults   []sim.Fault
		unproven int
	}{
		{[]sim.Fault{step, crash}, 0},
		{[]sim.Fault{crash, step}, 2}, // when it was applied, and before it was undone
	} {
		lab := newLab(t, client1, server1)
		if _, err := lab.Agent(server1).Start("server", []string{"sleep", "1000"}); err != nil {
			t.Fatal(err)
		}
		startRole(t, lab, client1, "never-done", nil)
		events, err := live.NewWorld(lab, []sim.Step{at0(c.faults[0]), at0(c.faults[1])}).Run(t.Context(), 100*time.Millisecond, []sim.HostID{client1})
		if err != nil {
			t.Fatal(err)
		}
		unproven := 0
		for _, e := range events {
			if e.Kind == sim.FaultUnproven {
				unproven++
				if !strings.Contains(e.Note, "no process on host server-1 has seen") {
					t.Errorf("unproven, because %s", e.Note)
				}
			}
		}
		if unproven != c.unproven {
			t.Errorf("%s and then %s: %d times unproven, want %d", c.faults[0].Lane(), c.faults[1].Lane(), unproven, c.unproven)
		}
	}
}

// at0 makes a step that is done before the clients start.
func at0(f sim.Fault) sim.Step { return sim.Step{Do: f} }

func TestRolesAreAskedOfTheLockService(t *testing.T) {
	lab := newLab(t, "server-1", "server-2", "client-1")
	for _, id := range []sim.HostID{"server-1", "server-2"} {
		if _, err := lab.Agent(id).Start("server", []string{"sleep", "1000"}); err != nil {
			t.Fatal(err)
		}
	}
	startRole(t, lab, "client-1", "client", nil)
	w := live.NewWorld(lab, []sim.Step{at(sim.Fault{Kind: sim.Pause, Host: sim.Leader})})
	w.Who = func(role sim.Role) []sim.HostID {
		if role == sim.Leader {
			return []sim.HostID{"server-2"}
		}
		return nil
	}
	events := play(t, w, time.Minute, "client-1")
	if e := first(t, events, sim.FaultApplied); e.Host != "server-2" {
		t.Errorf("the leader is %s, want server-2", e.Host)
	}
	if hosts := w.Role(sim.Master); hosts != nil {
		t.Errorf("nobody is master, and %v was found", hosts)
	}
}

func TestTwoPausesEndWithTheSecond(t *testing.T) {
	lab := newLab(t, "server-1")
	a := lab.Agent("server-1")
	if _, err := a.Start("server", []string{"sleep", "1000"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := a.Pause(); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(a.Resume(), a.Paused()); err != nil {
		t.Errorf("one of two pauses has ended, and: %v", err)
	}
	if err := a.Resume(); err != nil {
		t.Fatal(err)
	}
	wantError(t, a.Paused(), "expected T")
	wantError(t, a.Resume(), "not stopped")
}
