package check

import (
	"testing"

	"github.com/locklab/locklab/sim/trace"
)

// lostElements has three acknowledged elements, and the set lacks two of them.
const lostElements = `
	0s  client-1 add         op=client-1/1
	1s  client-1 added       op=client-1/1
	2s  client-1 add         op=client-1/2
	3s  client-1 added       op=client-1/2
	4s  client-2 add         op=client-2/1
	5s  client-2 added       op=client-2/1
	6s  client-2 add         op=client-2/2
	7s  client-2 add-unknown op=client-2/2
	9s  redis-1  in-set      op=client-1/1
	9s  redis-1  set-read
	9s  -        end`

func TestAnAcknowledgedElementThatTheSetLacksIsALostUpdate(t *testing.T) {
	judgeTrials(t, LostUpdate, []trial{
		{"all are there", `
			1s client-1 add      op=client-1/1
			2s client-1 added    op=client-1/1
			3s redis-1  in-set   op=client-1/1
			3s redis-1  set-read`,
			Holds, "1 acknowledged element, all of them in the set of redis-1", nil},
		{"two are gone", lostElements, Violated,
			"client-1 was told at 3.000 s that its 2nd element had been added, but it is missing from the set of redis-1 at the end of the trial: " +
				"2 of 3 acknowledged elements are lost, the last at 5.000 s", []int64{4, 6, 10}},
		{"one of which nobody was told does not count", `
			1s client-1 add         op=client-1/1
			2s client-1 added       op=client-1/1
			3s client-1 add         op=client-1/2
			4s client-1 add-unknown op=client-1/2
			5s client-1 add         op=client-1/3
			6s client-1 add-refused op=client-1/3
			7s redis-1  in-set      op=client-1/1
			7s redis-1  set-read`,
			Holds, "1 acknowledged element", nil},
		{"one of which nobody was told may be there", `
			1s client-1 add         op=client-1/1
			2s client-1 added       op=client-1/1
			3s client-1 add         op=client-1/2
			4s client-1 add-unknown op=client-1/2
			7s redis-1  in-set      op=client-1/2
			7s redis-1  set-read`,
			Violated, "1 of 1 acknowledged element is lost", []int64{2, 6}},
		{"nobody could read the set", `
			1s client-1 add   op=client-1/1
			2s client-1 added op=client-1/1`,
			Undecided, "nobody could read the set when the trial was over", nil},
		{"nothing was acknowledged", `
			1s client-1 add         op=client-1/1
			2s client-1 add-unknown op=client-1/1
			3s redis-1  set-read`,
			Undecided, "no element was acknowledged, so there was nothing to lose", nil},
	})
}

func TestTheShareOfLostElementsIsOfThoseThatWereAcknowledged(t *testing.T) {
	h := transcript(t, lostElements)
	if got := Values(trace.Read(h), LostShare); len(got) != 1 || got[0] != 2.0/3 {
		t.Errorf("the share is %v, want two thirds", got)
	}
	unread := transcript(t, "1s client-1 add op=client-1/1\n2s client-1 added op=client-1/1")
	if got := Values(trace.Read(unread), LostShare); len(got) > 0 {
		t.Errorf("nobody has read the set, and a share of %v is lost", got)
	}
}

// Nobody takes a lock here, so there is nothing to say about one. A set has each element only
// once.
func TestOfElementsNothingElseIsJudged(t *testing.T) {
	h := transcript(t, lostElements)
	for _, f := range All(trace.Read(h)) {
		want := Undecided
		switch {
		case f.Property == LostUpdate:
			want = Violated
		case f.Property == RecordingSane || f.Property == FaultsHappened || f.Property == KeptUp || f.Property == DuplicateEffect:
			want = Holds
		}
		if f.Verdict != want {
			t.Errorf("%s %v: %s", f.Property, f.Verdict, f.Why)
		}
	}
}

func TestARecordOfElementsDoesNotContradictItself(t *testing.T) {
	judgeTrials(t, RecordingSane, []trial{
		{"all is well", lostElements, Holds, "", nil},
		{"an answer to nothing", "1s client-1 added op=client-1/1\n2s - end",
			Undecided, "event 1: client-1 got an answer (added) for client-1/1 without having added it", []int64{1}},
		{"an element of another trial", "1s redis-1 in-set op=client-1/1\n1s redis-1 set-read\n2s - end",
			Undecided, "event 1: the set of redis-1 contains client-1/1, which nobody added", []int64{1}},
		{"a set that is read twice", "1s redis-1 set-read\n1s redis-1 set-read\n2s - end",
			Undecided, "events 1 and 2 both read the set", []int64{2}},
		{"an element after the last", "1s client-1 add op=client-1/1\n1s redis-1 set-read\n1s redis-1 in-set op=client-1/1\n2s - end",
			Undecided, "event 3: the set contains client-1/1, although all of it had been read by event 2", []int64{3}},
	})
}

// Adding an element once more changes nothing, so clients may try again.
func TestASetHasNoEffectTwice(t *testing.T) {
	judgeTrials(t, DuplicateEffect, []trial{
		{"one was added twice", `
			1s client-1 add         op=client-1/1
			2s client-1 add-unknown op=client-1/1
			3s client-1 add         op=client-1/1
			4s client-1 added       op=client-1/1
			5s redis-1  in-set      op=client-1/1
			5s redis-1  set-read`,
			Holds, "a set contains each element only once", nil},
		{"nobody could read the set", `
			1s client-1 add      op=client-1/1
			2s client-1 added    op=client-1/1`,
			Undecided, "the ledger accepted no write", nil},
	})
}
