//go:build linux

package live_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
	"github.com/locklab/locklab/sim/live/namespaces"
)

func TestMain(m *testing.M) {
	maps.Copy(duties, faultDuties)
	os.Exit(livetest.Main(m, duties))
}

// The duties that processes of this test binary play.
var duties = map[string]live.Duty{
	"client":      client,
	"truthteller": truthteller,
	"observer":    observer,
	"monitor":     monitor,
	"quitter":     quitter,
	"never-done":  neverDone,
	"runaway":     runaway,
	"ledger":      ledger,
	"outsider":    outsider,
	"garbler":     garbler,
	"talker":      talker,
	"writer":      writer,
}

// client records acquired, check and done, one straight after the other.
func client(h *live.Host, _ json.RawMessage) error {
	h.Ready()
	h.AwaitStart()
	h.Record(sim.Event{Kind: sim.Acquired, Token: h.Uint64()})
	h.Record(sim.Event{Kind: sim.Check, Until: h.Now()})
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// truthteller records what its clock shows between two readings of true time.
func truthteller(h *live.Host, _ json.RawMessage) error {
	h.Ready()
	h.AwaitStart()
	before := h.TrueTime()
	own := h.Now()
	after := h.TrueTime()
	h.Record(sim.Event{Kind: sim.Acquired, Until: before})
	h.Record(sim.Event{Kind: sim.Check, Until: own})
	h.Record(sim.Event{Kind: sim.Release, Until: after})
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// runaway keeps recording events without end.
func runaway(h *live.Host, _ json.RawMessage) error {
	h.Ready()
	h.AwaitStart()
	for {
		h.Record(sim.Event{Kind: sim.Check})
	}
}

// neverDone keeps working until the end of the trial.
func neverDone(h *live.Host, _ json.RawMessage) error {
	h.Ready()
	h.AwaitStart()
	for {
		h.Record(sim.Event{Kind: sim.Check})
		h.Sleep(time.Millisecond)
	}
}

// observer records a tick every few milliseconds, and a last word when the trial is over.
func observer(h *live.Host, _ json.RawMessage) error {
	stopped := h.Stopped()
	h.Ready()
	h.AwaitStart()
	for {
		select {
		case <-stopped:
			h.RecordAt(h.TrueTime(), sim.Event{Kind: sim.Freed, Note: "last word"})
			return nil
		default:
		}
		h.Record(sim.Event{Kind: sim.Extended})
		h.Sleep(2 * time.Millisecond)
	}
}

// ledger records something before the start, and serves until the end.
func ledger(h *live.Host, _ json.RawMessage) error {
	h.Record(sim.Event{Kind: sim.LedgerOpened, Balance: 100})
	h.Ready()
	h.Outside(func() { <-h.Stopped() })
	return nil
}

// monitor has processes that share a variable without a lock.
func monitor(h *live.Host, spec json.RawMessage) error {
	var n int
	if err := json.Unmarshal(spec, &n); err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	count, ended := 0, h.NewSignal()
	for range n {
		h.Go("add", func(h sim.Host) {
			for range 100 {
				was := count
				if count = was + 1; count == 100*n {
					ended.Fire()
				}
				h.Sleep(0)
			}
		})
	}
	if count != 0 {
		return errors.New("another process ran although this one did not give the host up")
	}
	if h.NewSignal().Wait(time.Millisecond) {
		return errors.New("a signal that nobody fires has fired")
	}
	if !ended.Wait(sim.Forever) {
		return errors.New("the wait ended before the signal")
	}
	h.Record(sim.Event{Kind: sim.Check, Balance: int64(count)})
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// quitter fails after the start.
func quitter(h *live.Host, _ json.RawMessage) error {
	h.Ready()
	h.AwaitStart()
	fmt.Fprintln(os.Stderr, "this is the last thing I say")
	return errors.New("I quit")
}

// outsider tries to make a lab of its own without having entered namespaces.
func outsider(h *live.Host, _ json.RawMessage) error {
	_, err := live.NewLab()
	return errors.Join(err, namespaces.Prepare())
}

// garbler writes garbage to the pipe for reports.
func garbler(h *live.Host, _ json.RawMessage) error {
	h.Ready()
	if _, err := os.NewFile(4, "reports").WriteString("good morning\n"); err != nil {
		return err
	}
	h.Outside(func() { select {} })
	return nil
}

func newLab(t *testing.T, hosts ...sim.HostID) *live.Lab {
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
	for _, id := range hosts {
		if _, err := lab.AddHost(id); err != nil {
			t.Fatal(err)
		}
	}
	return lab
}

func startDuty(t *testing.T, lab *live.Lab, host sim.HostID, duty string, spec any) *live.Proc {
	t.Helper()
	p, err := lab.Agent(host).StartDuty(duty, spec)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// eventually waits until f returns true.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !f(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func kinds(events []sim.Event, host sim.HostID) []sim.Kind {
	var out []sim.Kind
	for _, e := range events {
		if e.Host == host {
			out = append(out, e.Kind)
		}
	}
	return out
}

func first(t *testing.T, events []sim.Event, kind sim.Kind) sim.Event {
	t.Helper()
	for _, e := range events {
		if e.Kind == kind {
			return e
		}
	}
	t.Fatalf("no event %q in %+v", kind, events)
	return sim.Event{}
}
