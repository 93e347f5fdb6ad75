//go:build linux

package live_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// order10 is what a writer sends, and taken is the answer.
const order10, taken = "withdraw 10", "taken"

type writerSpec struct {
	Address string
	// Late means that the writer reports its order as sent only after it has the answer.
	Late bool
}

// writer sends an order to the account, waits long enough for the network to carry it there and
// the answer back, reports that it has sent the order, and reads the answer.
func writer(h *live.Host, orders json.RawMessage) error {
	var spec writerSpec
	if err := json.Unmarshal(orders, &spec); err != nil {
		return err
	}
	conn, err := net.DialTimeout("tcp", spec.Address, 10*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	h.Ready()
	h.AwaitStart()
	h.Record(sim.Event{Kind: sim.Write})
	h.Sending(sim.WriteSent)
	if _, err := io.WriteString(conn, order10); err != nil {
		return err
	}
	h.Sleep(20 * time.Millisecond)
	if !spec.Late {
		h.Record(sim.Event{Kind: sim.WriteSent})
	}
	h.Outside(func() { _, err = io.ReadFull(conn, make([]byte, len(taken))) })
	if err != nil {
		return err
	}
	h.Record(sim.Event{Kind: sim.Wrote})
	if spec.Late {
		h.Record(sim.Event{Kind: sim.WriteSent})
	}
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// account accepts one order.
func account(t *testing.T, lab *live.Lab) (address string) {
	l := listen(t, lab, server1)
	failed := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err == nil {
			defer conn.Close()
			got := make([]byte, len(order10))
			if _, err = io.ReadFull(deadline(conn), got); err == nil && string(got) != order10 {
				err = fmt.Errorf("the account heard %q", got)
			}
			if err == nil {
				_, err = io.WriteString(conn, taken)
			}
		}
		failed <- err
	}()
	t.Cleanup(func() {
		l.Close()
		if err := <-failed; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// writeUnder runs the writer with faults that happen as soon as it has sent its order.
func writeUnder(t *testing.T, spec writerSpec, faults ...sim.Fault) []sim.Event {
	t.Helper()
	lab := newLab(t, client1, server1)
	spec.Address = account(t, lab)
	startDuty(t, lab, client1, "writer", spec)
	var steps []sim.Step
	for _, f := range faults {
		steps = append(steps, sim.Step{When: sim.Trigger{Host: client1, Kind: sim.WriteSent, Nth: 1}, Do: f})
	}
	events, err := live.NewWorld(lab, steps).Run(t.Context(), 20*time.Second, []sim.HostID{client1})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// However fast the network is, a step that waits for a request to be sent finds the request, or
// its answer, on the way.
func TestHoldFindsTheMessageThatHasJustBeenSent(t *testing.T) {
	const by = 200 * time.Millisecond
	request := hold(by)
	answer := request
	answer.From, answer.To = request.To, request.From
	for name, f := range map[string]sim.Fault{"the request": request, "its answer": answer} {
		t.Run(name, func(t *testing.T) {
			events := writeUnder(t, writerSpec{}, f)
			first(t, events, sim.FaultProven)
			asked, told := first(t, events, sim.Write), first(t, events, sim.Wrote)
			if took := told.At - asked.At; took < by {
				t.Errorf("the answer came %v after the request, and it was held for %v", took, by)
			}
		})
	}
}

func TestCutAtTheSendingLosesTheMessage(t *testing.T) {
	cut := deafServer
	cut.For = 100 * time.Millisecond
	events := writeUnder(t, writerSpec{}, cut)
	if end, told := first(t, events, sim.FaultUndone), first(t, events, sim.Wrote); told.At < end.At {
		t.Errorf("the answer came at %v, and the request was cut off until %v", told.At, end.At)
	}
}

// Of two steps at one event, one may stop the client, which has sent its message, and the other
// hold the message.
func TestClientIsPausedBehindAMessageThatIsHeld(t *testing.T) {
	const by = 200 * time.Millisecond
	pause := sim.Fault{Kind: sim.Pause, Host: client1, For: by / 2, Firing: 3}
	for name, faults := range map[string][]sim.Fault{"pause first": {pause, hold(by)}, "hold first": {hold(by), pause}} {
		t.Run(name, func(t *testing.T) {
			events := writeUnder(t, writerSpec{}, faults...)
			applied := 0
			for _, e := range events {
				switch e.Kind {
				case sim.FaultApplied:
					applied++
				case sim.FaultUnproven:
					t.Errorf("fault %d: %s", e.Fault, e.Note)
				}
			}
			asked, told := first(t, events, sim.Write), first(t, events, sim.Wrote)
			if took := told.At - asked.At; applied != 2 || took < by {
				t.Errorf("%d of 2 faults were applied, and the answer came after %v", applied, took)
			}
		})
	}
}

// The network does not wait forever for a report that something was sent.
func TestMessageOfWhichNothingIsRecordedGoesOn(t *testing.T) {
	events := writeUnder(t, writerSpec{Late: true}, hold(time.Hour))
	first(t, events, sim.Wrote)
}
