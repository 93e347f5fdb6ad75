//go:build linux

package live_test

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
	"github.com/locklab/locklab/sim/live/vdso"
)

// slack is how long the machine may take between two consecutive events where a test has no
// tighter bound.
const slack = 5 * time.Second

// near reports whether two durations differ by little, compared with the faults in these tests.
func near(a, b time.Duration) bool { return (a - b).Abs() < slack }

// needClocks skips the test on machines where clocks cannot be shifted.
func needClocks(t *testing.T) {
	t.Helper()
	livetest.Need(t)
	livetest.NeedAll(t, vdso.Patchable())
}

// wallBetween is how far the process's wall clock went from one event to another.
func wallBetween(a, b sim.Event) time.Duration { return time.Duration(b.Balance - a.Balance) }

func TestWallStepIsSeenByTheProcessAndNotByTrueTime(t *testing.T) {
	needClocks(t)
	for _, step := range []time.Duration{15 * time.Second, -time.Hour - 1234567890} {
		lab := newLab(t, "client-1", "client-2")
		startDuty(t, lab, "client-1", "timekeeper", 100*time.Millisecond)
		startDuty(t, lab, "client-2", "timekeeper", time.Duration(0))
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

// A process sees a step of its clock only between the stamps of the fault: a reading recorded as
// one event was taken after the previous event.
func TestAClockIsOffBetweenTheStampsOfTheFault(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1")
	startDuty(t, lab, "client-1", "watcher", nil)
	steps := []sim.Step{{
		When: sim.Trigger{Host: "client-1", Kind: sim.Check, Nth: 20, After: 100 * time.Microsecond},
		Do:   sim.Fault{Kind: sim.ClockFault, Host: "client-1", Clock: sim.WallClock, Step: time.Hour, For: 5 * time.Millisecond},
	}}
	events := play(t, live.NewWorld(lab, steps), time.Minute, "client-1")
	applied, undone := first(t, events, sim.FaultApplied).At, first(t, events, sim.FaultUndone).At
	taken, left := time.Duration(0), false // the current reading was taken after this
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
	startDuty(t, lab, "client-1", "sleeper", nil)
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
	startDuty(t, lab, "client-1", "timekeeper", asleep)
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

// Processes started on a host whose clocks are shifted see shifted clocks from their first
// instruction on.
func TestRestartedProcessFindsTheClocksAsTheyAre(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1")
	startDuty(t, lab, "client-1", "reborn", nil)
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
	startDuty(t, lab, "client-1", "timekeeper", 60*time.Millisecond)
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

// perlClocks writes, again and again, the smallest and largest possible error of every way of
// asking for the time. It asks the kernel itself before and after. Some clocks lag by a tick of
// the kernel, and time() by a second.
const perlClocks = `use Time::HiRes qw(clock_gettime gettimeofday);
sub true_time { my $t = pack "qq", 0, 0; syscall 228, $_[0], $t; my ($s, $ns) = unpack "qq", $t; $s + $ns / 1e9 }
sub off { my ($id, $lag, $ask) = @_; my $before = true_time($id); my $told = $ask->(); my $after = true_time($id);
	sprintf "%.6f %.6f\n", $told - $after - 0.001, $told + $lag + 0.021 - $before }
while (1) {
	my $text = off(0, 1, sub { time }) . off(0, 0, sub { my ($s, $us) = gettimeofday(); $us < 1e6 ? $s + $us / 1e6 : 0 });
	for my $id (0, 5, 11, 1, 4, 6, 7) { $text .= off($id, 0, sub { clock_gettime($id) }) }
	open my $f, ">", "new"; print $f $text; close $f;
	rename "new", "clocks"; select undef, undef, undef, 0.001 }`

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
