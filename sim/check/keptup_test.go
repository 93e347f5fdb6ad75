package check

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

func TestATrialThatTheMachineIsTooSlowForIsNotJudged(t *testing.T) {
	judgeTrials(t, KeptUp, []trial{
		{"a virtual trial", `9s - end`, Holds, "virtual time waits for every process", nil},
		{"a live trial that was not measured", `
			| world=live
			9s - end`, Undecided, "was not measured", nil},
		{"nobody is late", `
			| bears=20ms
			9s - end`, Holds, "the longest delay was 1.0 ms; the trial tolerates 20.0 ms, half of the lease", nil},
		{"as late as can be borne", `
			| bears=20ms
			1s client-1 late late=20ms`, Holds, "the longest delay was", nil},
		{"later", `
			| bears=20ms
			1s client-1 late late=20.1ms note=a_process_of_client-1_woke_up_that_late`, Undecided,
			"the machine was too slow: a delay of 20.1 ms ended at 1.000 s, as a process of client-1 woke up that late; the trial tolerates 20.0 ms, half of the lease", []int64{1}},
		{"several times: the worst is named", `
			| bears=20ms
			1s client-1 late late=30ms note=x
			2s -        late late=50ms note=the_switch_woke_up_that_late
			3s client-2 late late=40ms note=y`, Undecided,
			"the machine was too slow 3 times; the worst: a delay of 50.0 ms ended at 2.000 s, as the switch woke up that late", []int64{2}},
		{"a pause of the script is none of the machine", `
			| bears=20ms faults=pause_client-1
			1s     client-1 fault-applied fault=pause_client-1
			1s     client-1 fault-proven  fault=pause_client-1
			4s     client-1 fault-undone  fault=pause_client-1
			4.015s client-1 late late=3.015s`, Holds, "the longest delay was", nil},
		{"the machine may have stopped the host a little before that was stamped", `
			| bears=20ms faults=pause_client-1
			1s     client-1 fault-applied fault=pause_client-1
			4s     client-1 fault-undone  fault=pause_client-1
			4.001s client-1 late late=3.1s`, Holds, "the longest delay was", nil},
		{"one that wakes up late after its pause is late", `
			| bears=20ms faults=pause_client-1
			1s     client-1 fault-applied fault=pause_client-1
			4s     client-1 fault-undone  fault=pause_client-1
			4.050s client-1 late late=3.1s note=x`, Undecided, "the machine was too slow: a delay of 50.0 ms ended at 4.050 s", []int64{3}},
		{"the pause of one host is no excuse for another", `
			| bears=20ms faults=pause_client-1
			1s client-1 fault-applied fault=pause_client-1
			2s client-2 late late=30ms note=x
			4s client-1 fault-undone  fault=pause_client-1`, Undecided, "30.0 ms ended at 2.000 s", []int64{2}},
		{"a suspension that lasts to the end", `
			| bears=20ms faults=suspend_client-1
			1s client-1 fault-applied fault=suspend_client-1
			9s client-1 late late=8s`, Holds, "the longest delay was", nil},
		{"pauses that overlap", `
			| bears=20ms faults=pause_client-1,pause_client-1
			1s client-1 fault-applied fault=pause_client-1
			2s client-1 fault-applied fault=pause_client-1 firing=1
			3s client-1 fault-undone  fault=pause_client-1
			5s client-1 fault-undone  fault=pause_client-1 firing=1
			5.010s client-1 late late=4s`, Holds, "the longest delay was", nil},
		{"a cut stops nobody", `
			| bears=20ms faults=partition_client-1_|_client-2
			1s - fault-applied fault=partition_client-1_|_client-2
			2s client-1 late late=30ms note=x
			4s - fault-undone fault=partition_client-1_|_client-2`, Undecided, "a delay of 30.0 ms ended", []int64{2}},
	})
}

// The message must be useful even if it does not name the host.
func TestTheWorstOfWhatCanBeBorneIsSaid(t *testing.T) {
	h := transcript(t, "| bears=20ms\n 9s - end")
	h.Header.Pace.Measured = []sim.Lateness{{Host: "client-1", Woke: 3e6}, {Host: "redis-1", Trip: 7e6}, {}}
	if f := One(KeptUp, h); !strings.Contains(f.Why, "the longest delay was 7.0 ms") {
		t.Errorf("got %s", f.Why)
	}
}

// Either end of a length may be late, and so may an observer's stamp.
func TestHowMuchAMachineMayAddToALength(t *testing.T) {
	for _, each := range []struct {
		name, history string
		want          time.Duration
	}{
		{"virtual time waits for every process", `9s - end`, 0},
		{"a live trial that was not measured", `
			| world=live
			9s - end`, 0},
		{"both ends as late as anybody was", `
			| bears=20ms
			9s - end`, 2*time.Millisecond + trace.UsualLag},
		{"an observer that is seen to be late", `
			| bears=20ms
			2s     client-1 acquired op=client-1/1 grant=a
			2.030s lock     granted  grant=a
			9s     -        end`, 2*time.Millisecond + trace.UsualLag + 30*time.Millisecond},
	} {
		if got := Slack(trace.Read(transcript(t, each.history))); got != each.want {
			t.Errorf("%s: %v, expected %v", each.name, got, each.want)
		}
	}
}
