package virtual

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// recordedWorld returns the messages of a world of two hosts that are 100 ms apart.
func recordedWorld(t *testing.T, happens func(w *World, a, b *Host)) []sim.Message {
	t.Helper()
	w := New(1)
	defer w.Close()
	w.RecordMessages()
	a, b := w.AddHost("a"), w.AddHost("b")
	for _, way := range [][2]sim.HostID{{"a", "b"}, {"b", "a"}} {
		w.SetLatency(way[0], way[1], Latency{Base: 100 * time.Millisecond})
	}
	b.Receive(func(sim.HostID, any) {})
	b.Serve(func(_ sim.HostID, request any) any { return 7 })
	b.Boot(func() {})
	happens(w, a, b)
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	return w.Messages()
}

// only fails unless exactly these messages were recorded.
func only(t *testing.T, got []sim.Message, want ...sim.Message) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d messages were recorded, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		want[i].Number = int64(i + 1)
		if got[i] != want[i] {
			t.Errorf("message %d\n is   %+v\n want %+v", i+1, got[i], want[i])
		}
	}
}

const ms = time.Millisecond

func TestARequestAndItsAnswerAreRecorded(t *testing.T) {
	got := recordedWorld(t, func(_ *World, a, _ *Host) { a.Send("b", sim.HostID("hello")) })
	only(t, got, // the first message of a connection leaves a round trip later
		sim.Message{From: "a", To: "b", Fate: sim.Arrived, Arrived: 300 * ms, What: "hello"},
		sim.Message{From: "b", To: "a", Sent: 300 * ms, Fate: sim.Arrived, Arrived: 400 * ms, What: "7"})
}

// The message is lost on arrival after 100 ms, and sent again 200, 400 and 800 ms after that.
func TestAMessageThatMeetsAPartitionIsRecordedAsLostAndSentAgain(t *testing.T) {
	got := recordedWorld(t, func(w *World, a, _ *Host) {
		w.Cut("a", "b")
		w.After(time.Second, func() { w.Mend("a", "b") })
		a.Post("b", 1)
		w.After(500*ms, func() { a.Post("b", 2) })
	})
	only(t, got,
		sim.Message{From: "a", To: "b", Fate: sim.Arrived, Lost: 100 * ms, Again: 1500 * ms, Resent: 3, Arrived: 1600 * ms, What: "1"},
		sim.Message{From: "a", To: "b", Sent: 500 * ms, Fate: sim.Arrived, Arrived: 1600 * ms, What: "2"}) // waited behind it
}

func TestAMessageThatDoesNotGetThroughIsUnderWay(t *testing.T) {
	got := recordedWorld(t, func(w *World, a, _ *Host) {
		w.Cut("a", "b")
		a.Post("b", 1)
	})
	only(t, got, sim.Message{From: "a", To: "b", Fate: sim.UnderWay, Lost: 100 * ms, Again: 51100 * ms, Resent: 8, What: "1"})
}

func TestADelayedMessageIsRecordedAsLate(t *testing.T) {
	got := recordedWorld(t, func(w *World, a, _ *Host) {
		if _, err := w.bring(sim.Fault{Kind: sim.Delay, From: []sim.HostID{"a"}, To: []sim.HostID{"b"}, By: 5 * time.Second}); err != nil {
			t.Fatal(err)
		}
		a.Post("b", 1)
	})
	only(t, got, sim.Message{From: "a", To: "b", Fate: sim.Arrived, Arrived: 5100 * ms, What: "1"})
}

func TestAMessageToAHostThatIsDownIsLost(t *testing.T) {
	got := recordedWorld(t, func(_ *World, a, b *Host) {
		a.Post("b", 1)
		b.Crash()
	})
	only(t, got, sim.Message{From: "a", To: "b", Fate: sim.LostFor, Lost: 100 * ms, What: "1"})
}

func TestAMessageWhoseSenderHasCrashedIsNotSentAgain(t *testing.T) {
	got := recordedWorld(t, func(w *World, a, _ *Host) {
		w.Cut("a", "b")
		a.Post("b", 1)
		w.After(150*ms, a.Crash)
	})
	only(t, got, sim.Message{From: "a", To: "b", Fate: sim.LostFor, Lost: 100 * ms, What: "1"})
}

func TestAMessageOverAConnectionThatWasGivenUpIsLost(t *testing.T) {
	got := recordedWorld(t, func(w *World, a, _ *Host) {
		a.Post("b", 1)
		w.After(50*ms, func() { a.HangUp("b") })
	})
	only(t, got, sim.Message{From: "a", To: "b", Fate: sim.LostFor, Lost: 100 * ms, What: "1"})
}

func TestAMessageArrivesAtAHostThatIsPaused(t *testing.T) {
	read := time.Duration(0)
	got := recordedWorld(t, func(w *World, a, b *Host) {
		b.Receive(func(sim.HostID, any) { read = w.Now() })
		b.pause()
		w.After(time.Second, b.resume)
		a.Post("b", 1)
	})
	only(t, got, sim.Message{From: "a", To: "b", Fate: sim.Arrived, Arrived: 100 * ms, What: "1"})
	if read != time.Second {
		t.Errorf("the message was read at %v, want 1s", read)
	}
}

func TestNothingIsRecordedUnlessItIsAskedFor(t *testing.T) {
	w := New(1)
	defer w.Close()
	a, b := w.AddHost("a"), w.AddHost("b")
	b.Receive(func(sim.HostID, any) {})
	a.Post("b", 1)
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := w.Messages(); len(got) != 0 {
		t.Errorf("recorded: %+v", got)
	}
}

func TestFarTooManyMessagesAreNotRecorded(t *testing.T) {
	got := recordedWorld(t, func(w *World, a, _ *Host) {
		for i := range 3 {
			w.After(time.Duration(i)*time.Second, func() {
				for range sim.MaxMessages / 2 {
					a.Post("b", 1)
				}
			})
		}
	})
	if len(got) != sim.MaxMessages+1 {
		t.Fatalf("%d messages were recorded", len(got))
	}
	last := sim.Message{Number: sim.MaxMessages + 1, Sent: 2 * time.Second, Fate: sim.Unrecorded}
	if got[sim.MaxMessages] != last {
		t.Errorf("the last one is %+v, want %+v", got[sim.MaxMessages], last)
	}
}
