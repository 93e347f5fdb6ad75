//go:build linux

package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/audit"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/trace"
)

func init() { testDuties["spender"] = spender }

// spent is how often each spender withdraws.
const spent = 50

// spender withdraws again and again, without a lock, and records what it asks and is told.
func spender(h *live.Host, order json.RawMessage) error {
	var address string
	if err := json.Unmarshal(order, &address); err != nil {
		return err
	}
	a, err := Dial(h, address)
	if err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	for i := range spent {
		op := fmt.Sprintf("%s/%d", h.ID(), i+1)
		h.Record(sim.Event{Kind: sim.Acquired, Op: op})
		s, err := a.Read(op, Pass{}, 10*time.Second)
		if err != nil {
			return err
		}
		h.Record(sim.Event{Kind: sim.Read, Op: op, Version: s.Version, Balance: s.Balance})
		h.Record(sim.Event{Kind: sim.Write, Op: op, Base: s.Version})
		version, err := a.Write(Order{Op: op, Base: s.Version, Balance: s.Balance - Withdrawal}, 10*time.Second)
		if err != nil {
			return err
		}
		h.Record(sim.Event{Kind: sim.Wrote, Op: op, Version: version})
	}
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// A request is sent, arrives, is handled and answered, and its answer arrives, before the client is
// told. The stamps of the clients, the switch and the account must show that, although different
// processes take them.
func TestStampsOfALiveAccountStandInTheOrderOfCauseAndEffect(t *testing.T) {
	clients := []sim.HostID{"client-1", "client-2", "client-3"}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	lab := openLab(t, ctx, None, clients...)
	for _, id := range clients {
		if _, err := lab.Agent(id).StartDuty("spender", lab.Address(HostID)); err != nil {
			t.Fatal(err)
		}
	}
	world := live.NewWorld(lab, nil)
	events, err := world.Run(ctx, time.Minute, clients)
	if err != nil {
		t.Fatal(err)
	}
	h := trace.Finish(sim.Header{World: sim.LiveWorld, Clients: clients, Ledger: HostID}, events, world.Clock)
	h.Messages = world.Messages()
	if want := len(clients) * spent * 4; len(h.Messages) != want {
		t.Errorf("%d messages were recorded, expected %d: each request and each answer", len(h.Messages), want)
	}
	for _, d := range audit.Disorders(h) {
		t.Errorf("out of order: %v", d)
	}
}
