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
	"github.com/locklab/locklab/sim/live/network"
)

var testDuties = map[string]live.Duty{duty: keep, "withdrawer": withdrawer}

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, testDuties)) }

// visit is the order of a withdrawer: the account's address and guard.
type visit struct {
	Address string
	Guard   Guard
}

// does is what a client does in these tests, by guard: something that ends in a refusal.
func does(guard Guard) func(Account, time.Duration) error {
	if guard == CAS {
		return func(a Account, timeout time.Duration) error { return withdraw(a, 0, timeout) }
	}
	return overtaken
}

// withdrawer goes to the account once.
func withdrawer(h *live.Host, order json.RawMessage) error {
	var v visit
	if err := json.Unmarshal(order, &v); err != nil {
		return err
	}
	a, err := Dial(h, v.Address)
	if err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	if err := does(v.Guard)(a, 10*time.Second); !errors.Is(err, ErrRefused) {
		return fmt.Errorf("guard %s: %v, expected a refusal", v.Guard, err)
	}
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// openLab makes a lab with these clients in which the account has been opened.
func openLab(t *testing.T, ctx context.Context, guard Guard, clients ...sim.HostID) *live.Lab {
	t.Helper()
	livetest.Need(t)
	lab, err := live.NewLab()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	lab.Readers = []network.Reader{MessageWords}
	for _, id := range append([]sim.HostID{HostID}, clients...) {
		if _, err := lab.AddHost(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := Start(ctx, lab, guard); err != nil {
		t.Fatal(err)
	}
	return lab
}

func runLab(t *testing.T, guard Guard, steps ...sim.Step) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	lab := openLab(t, ctx, guard, "client-1")
	if _, err := lab.Agent("client-1").StartDuty("withdrawer", visit{lab.Address(HostID), guard}); err != nil {
		t.Fatal(err)
	}
	events, err := live.NewWorld(lab, steps).Run(ctx, 20*time.Second, []sim.HostID{"client-1"})
	if err != nil {
		t.Fatal(err)
	}
	return happened(events)
}

// onHost picks out what one host recorded: between hosts, the order of events within a fraction of
// a millisecond does not count.
func onHost(host string, lines []string) (mine []string) {
	for _, l := range lines {
		if strings.HasPrefix(l, host+" ") && l != host+" done" {
			mine = append(mine, l)
		}
	}
	return mine
}

func TestTheLiveAccountRecordsWhatTheSimulatedOneDoes(t *testing.T) {
	for guard, want := range map[Guard][]string{CAS: withdrawn, Value: overtook[Value], Mint: overtook[Mint]} {
		got := runLab(t, guard)
		for _, host := range []string{"ledger", "client-1"} {
			if !slices.Equal(onHost(host, got), onHost(host, want)) {
				t.Errorf("guard %s, %s: %q\nexpected: %q", guard, host, onHost(host, got), onHost(host, want))
			}
		}
	}
}

func TestALiveWriterPausedAfterSendingHasSentItAndReadsTheAnswerLater(t *testing.T) {
	got := runLab(t, CAS, sim.Step{
		When: sim.Trigger{Host: "client-1", Kind: sim.WriteSent, Nth: 1},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: 200 * time.Millisecond},
	})
	if !slices.Equal(onHost("ledger", got), onHost("ledger", withdrawn)) {
		t.Errorf("ledger: %q\nexpected: %q", onHost("ledger", got), onHost("ledger", withdrawn))
	}
}
