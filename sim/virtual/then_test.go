package virtual

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

func TestThenGoesOnWithAReplyThatComesInTime(t *testing.T) {
	w := New(1)
	defer w.Close()
	a, b := w.AddHost("a"), w.AddHost("b")
	b.ServeLater(func(_ sim.HostID, request any, call *Call) {
		b.After(request.(time.Duration), func() { call.Reply(request) })
	})
	var got []time.Duration
	for _, late := range []time.Duration{3 * time.Second, time.Second, 0} {
		a.Send("b", late).Then(2*time.Second, func(reply any) { got = append(got, reply.(time.Duration)) })
	}
	a.Send("b", 10*time.Millisecond).Then(5*time.Millisecond, func(any) { t.Error("went on with a reply that came too late") })
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{0, time.Second}; !slices.Equal(got, want) {
		t.Errorf("replies: %v, expected %v", got, want)
	}
}

func TestThenIsForgottenInACrash(t *testing.T) {
	w := New(1)
	defer w.Close()
	a, b := w.AddHost("a"), w.AddHost("b")
	b.ServeLater(func(_ sim.HostID, request any, call *Call) {
		b.After(2*time.Second, func() { call.Reply(request) })
	})
	a.Send("b", "question").Then(time.Minute, func(any) { t.Error("a crashed host went on with a reply") })
	w.After(time.Second, func() { a.Crash(); a.Restart() })
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
}
