package trace_test

import (
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/historytest"
	"github.com/locklab/locklab/sim/trace"
)

func TestEachTimeThatAFaultIsDoneToAHostIsARun(t *testing.T) {
	got := trace.Read(historytest.Transcript(t, `
		1s client-1 fault-applied  fault=pause_all
		1s client-2 fault-applied  fault=pause_all
		1s client-1 fault-proven   fault=pause_all
		2s client-1 fault-undone   fault=pause_all
		3s -        fault-unproven fault=crash_leader firing=1
		4s client-1 fault-applied  fault=pause_all firing=2
		9s - end`))
	if len(got.Faults) != 4 {
		t.Fatalf("%d runs, want 4", len(got.Faults))
	}
	first, second, none, again := got.Faults[0], got.Faults[1], got.Faults[2], got.Faults[3]
	switch {
	case first.Kind != sim.Pause || first.Host != "client-1" || first.Proven.Seq != 3 || first.Undone.Seq != 4 || first.Until() != first.Undone.At:
		t.Errorf("the first is %+v", first)
	case second.Host != "client-2" || second.Proven != nil || second.Undone != nil || second.Until() != sim.Forever:
		t.Errorf("the second, which was neither proven nor undone, is %+v", second)
	case none.Kind != sim.Crash || none.Applied != nil || none.Unproven.Seq != 5:
		t.Errorf("the one that could not be done is %+v", none)
	case again.Firing != 2:
		t.Errorf("the second firing is %+v", again)
	}
	if fired := got.Firings(); fired[1] != 2 || fired[2] != 1 {
		t.Errorf("fired %v, want the pause of all twice, of however many hosts", fired)
	}
}

func TestAHostThatStandsStillRecordsNothing(t *testing.T) {
	for _, each := range []struct {
		name, history string
		want          int64 // the event that shows life; 0 means none
	}{
		{"a client that acts", `
			1s client-1 fault-applied fault=pause_client-1
			2s client-1 write
			3s client-1 fault-undone  fault=pause_client-1`, 2},
		{"at the very moment, and afterwards", `
			1s client-1 fault-applied fault=pause_client-1
			1s client-1 write
			3s client-1 fault-undone  fault=pause_client-1
			3s client-1 wrote`, 0},
		{"what the world says of it", `
			1s client-1 fault-applied fault=pause_client-1
			2s client-1 deadline`, 0},
		{"a live server, whose observer may be late", `
			| world=live
			1s    lock fault-applied fault=pause_lock
			1.02s lock extended      grant=a`, 0},
		{"a live server that acts later still", `
			| world=live
			1s     lock fault-applied fault=pause_lock
			1.021s lock extended      grant=a`, 2},
		{"a fault that stops nobody", `
			1s client-1 fault-applied fault=clock_client-1_wall_+5s
			2s client-1 write`, 0},
	} {
		got := trace.Read(historytest.Transcript(t, each.history))
		seq := int64(0)
		if e := got.SignOfLife(got.Faults[0]); e != nil {
			seq = e.Seq
		}
		if seq != each.want {
			t.Errorf("%s: event %d, want %d", each.name, seq, each.want)
		}
	}
}
