package virtual

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

func TestAfterHangingUpANewConnectionDoesNotWaitForTheOldOne(t *testing.T) {
	w := New(1)
	defer w.Close()
	a, b := w.AddHost("a"), w.AddHost("b")
	type arrival struct {
		message string
		at      time.Duration
	}
	var got []arrival
	b.Receive(func(_ sim.HostID, message any) {
		got = append(got, arrival{message.(string), w.Now().Truncate(10 * time.Millisecond)})
	})
	w.Cut("a", "b")
	a.Post("b", "lost for good")
	w.After(5*time.Second, func() {
		w.Mend("a", "b")
		a.HangUp("b")
		a.Post("b", "on a new connection")
	})
	w.After(6*time.Second, func() { a.Post("b", "and another") })
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	want := []arrival{{"on a new connection", 5 * time.Second}, {"and another", 6 * time.Second}}
	if !slices.Equal(got, want) {
		t.Errorf("arrived: %v, expected %v", got, want)
	}
}
