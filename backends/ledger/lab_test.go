//go:build linux

package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

var testRoles = map[string]live.Role{role: keep, "withdrawer": withdrawer}

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, testRoles)) }

// withdrawer withdraws once; its order is the ledger's address.
func withdrawer(h *live.Host, order json.RawMessage) error {
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
	if err := withdraw(a, 0, 10*time.Second); !errors.Is(err, ErrRefused) {
		return fmt.Errorf("the second write: %v, expected a refusal", err)
	}
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

func runLab(t *testing.T, steps ...sim.Step) []string {
	t.Helper()
	livetest.Need(t)
	lab, err := live.NewLab()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, id := range []sim.HostID{HostID, "client-1"} {
		if _, err := lab.AddHost(id); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := Start(ctx, lab, CAS); err != nil {
		t.Fatal(err)
	}
	if _, err := lab.Agent("client-1").StartRole("withdrawer", lab.Address(HostID)); err != nil {
		t.Fatal(err)
	}
	events, err := live.NewWorld(lab, steps).Run(ctx, 20*time.Second, []sim.HostID{"client-1"})
	if err != nil {
		t.Fatal(err)
	}
	return happened(events)
}

// onHost picks out what one host recorded: between hosts, the order of what happens
// within a fraction of a millisecond does not count.
func onHost(host string, lines []string) (mine []string) {
	for _, l := range lines {
		if strings.HasPrefix(l, host+" ") && l != host+" done" {
			mine = append(mine, l)
		}
	}
	return mine
}

func TestTheLiveAccountRecordsWhatTheSimulatedOneDoes(t *testing.T) {
	got := runLab(t)
	for _, host := range []string{"ledger", "client-1"} {
		if !slices.Equal(onHost(host, got), onHost(host, withdrawn)) {
			t.Errorf("%s: %q\nexpected: %q", host, onHost(host, got), onHost(host, withdrawn))
		}
	}
}

func TestALiveWriterPausedAfterSendingHasSentItAndReadsTheAnswerLater(t *testing.T) {
	got := runLab(t, sim.Step{
		When: sim.Trigger{Host: "client-1", Kind: sim.WriteSent, Nth: 1},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: 200 * time.Millisecond},
	})
	if !slices.Equal(onHost("ledger", got), onHost("ledger", withdrawn)) {
		t.Errorf("ledger: %q\nexpected: %q", onHost("ledger", got), onHost("ledger", withdrawn))
	}
}
