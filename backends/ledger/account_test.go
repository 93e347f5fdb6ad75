package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// happened returns what was recorded, without times.
func happened(events []sim.Event) []string {
	var lines []string
	for _, e := range events {
		if e.Kind == sim.End || e.Fault != 0 {
			continue
		}
		line := fmt.Sprintf("%s %s", e.Host, e.Kind)
		switch e.Kind {
		case sim.LedgerOpened, sim.LedgerRead:
			line += fmt.Sprintf(" %s version %d balance %d", e.Client, e.Version, e.Balance)
		case sim.LedgerWrite:
			line += fmt.Sprintf(" %s %s token %d base %d version %d balance %d", e.Client, e.Op, e.Token, e.Base, e.Version, e.Balance)
		case sim.LedgerReadRefused, sim.LedgerWriteRefused:
			line += fmt.Sprintf(" %s %s: %s", e.Client, e.Op, e.Note)
		case sim.LedgerMarked:
			line += fmt.Sprintf(" %s %s", e.Client, e.Job)
		}
		lines = append(lines, line)
	}
	return lines
}

// withdraw is what a client does to the account in all worlds' tests: one withdrawal, and one more
// with the same version and token, which a CAS guard refuses.
func withdraw(a Account, token uint64, timeout time.Duration) error {
	s, err := a.Read("client-1/1", Pass{Token: token}, timeout)
	if err != nil {
		return err
	}
	order := Order{Op: "client-1/1", Shown: Pass{Token: token}, Base: s.Version, Balance: s.Balance - Withdrawal}
	if _, err := a.Write(order, timeout); err != nil {
		return err
	}
	_, err = a.Write(order, timeout)
	return err
}

// withdrawn is what withdraw leaves in the history under the guard cas.
var withdrawn = []string{
	"ledger ledger-opened  version 0 balance 100",
	"ledger ledger-read client-1 version 0 balance 100",
	"client-1 write-sent",
	"ledger ledger-write client-1 client-1/1 token 0 base 0 version 1 balance 90",
	"client-1 write-sent",
	"ledger ledger-write-refused client-1 client-1/1: computed from version 0, but the account has version 1",
}

func simulate(t *testing.T, guard Guard, script func(w *virtual.World, client *virtual.Host, a Account)) []string {
	t.Helper()
	w := virtual.New(1)
	defer w.Close()
	w.AddHost(HostID)
	client := w.AddHost("client-1")
	script(w, client, Simulate(w, guard)(client))
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	return happened(w.Events())
}

func TestTheSimulatedAccountRecordsWhatItDoes(t *testing.T) {
	got := simulate(t, CAS, func(_ *virtual.World, client *virtual.Host, a Account) {
		client.Go("client", func(sim.Host) {
			err := withdraw(a, 0, time.Second)
			if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "computed from version 0") {
				t.Errorf("the second write: %v, expected a refusal with its reason", err)
			}
		})
	})
	if !slices.Equal(got, withdrawn) {
		t.Errorf("what happened: %q\nexpected: %q", got, withdrawn)
	}
}

func TestAJobIsReadChargedAndMarked(t *testing.T) {
	got := simulate(t, Unique, func(_ *virtual.World, client *virtual.Host, a Account) {
		client.Go("client", func(sim.Host) {
			order := Charge{Op: "client-1/1", Job: "job-1", Amount: Withdrawal}
			if s, err := a.ReadJob("client-1/1", "job-1", Pass{}, time.Second); err != nil || s.Done {
				t.Errorf("ReadJob = %+v, %v before the job is done", s, err)
			}
			if v, err := a.Charge(order, time.Second); err != nil || v != 1 {
				t.Errorf("Charge = %d, %v", v, err)
			}
			if err := a.Mark("client-1/1", "job-1", time.Second); err != nil {
				t.Error(err)
			}
			if s, err := a.ReadJob("client-1/2", "job-1", Pass{}, time.Second); err != nil || !s.Done {
				t.Errorf("ReadJob = %+v, %v after the job was marked", s, err)
			}
			order.Op, order.Base = "client-1/2", 1
			if _, err := a.Charge(order, time.Second); !errors.Is(err, ErrRefused) {
				t.Errorf("the second charge: %v, expected a refusal", err)
			}
		})
	})
	want := []string{
		"ledger ledger-opened  version 0 balance 100",
		"ledger ledger-read client-1 version 0 balance 100",
		"client-1 write-sent",
		"ledger ledger-write client-1 client-1/1 token 0 base 0 version 1 balance 90",
		"ledger ledger-marked client-1 job-1",
		"ledger ledger-read client-1 version 1 balance 90",
		"client-1 write-sent",
		"ledger ledger-write-refused client-1 client-1/2: there is an effect with the id job-1 already",
	}
	if !slices.Equal(got, want) {
		t.Errorf("what happened: %q\nexpected: %q", got, want)
	}
}

func TestAReadRefusedByTheFenceIsToldToTheReader(t *testing.T) {
	got := simulate(t, FenceAll, func(_ *virtual.World, client *virtual.Host, a Account) {
		client.Go("client", func(sim.Host) {
			if _, err := a.Read("client-1/1", Pass{Token: 34}, time.Second); err != nil {
				t.Error(err)
			}
			if s, err := a.Read("client-1/2", Pass{Token: 33}, time.Second); !errors.Is(err, ErrRefused) {
				t.Errorf("the older holder read %+v, %v", s, err)
			}
		})
	})
	if last := got[len(got)-1]; !strings.HasPrefix(last, "ledger ledger-read-refused client-1 client-1/2: token 33 is lower") {
		t.Errorf("the last event is %q", last)
	}
}

// overtaken reads twice for two withdrawals and then writes both, the earlier reader first: the
// guards value and mint refuse the earlier one's write.
func overtaken(a Account, timeout time.Duration) error {
	earlier, later := Pass{Token: 7, Value: "earlier"}, Pass{Token: 7, Value: "later"}
	first, err := a.Read("client-1/1", earlier, timeout)
	if err != nil {
		return err
	}
	second, err := a.Read("client-1/2", later, timeout)
	if err != nil {
		return err
	}
	_, refused := a.Write(Order{Op: "client-1/1", Shown: earlier.Writing(first), Balance: 90}, timeout)
	if _, err := a.Write(Order{Op: "client-1/2", Shown: later.Writing(second), Balance: 90}, timeout); err != nil {
		return err
	}
	return refused
}

// overtook is what overtaken leaves in the history, by guard.
var overtook = map[Guard][]string{
	Value: {
		"ledger ledger-opened  version 0 balance 100",
		"ledger ledger-read client-1 version 0 balance 100",
		"ledger ledger-read client-1 version 0 balance 100",
		"client-1 write-sent",
		"ledger ledger-write-refused client-1 client-1/1: the lock value earlier is not later, the one that was set last",
		"client-1 write-sent",
		"ledger ledger-write client-1 client-1/2 token 7 base 0 version 1 balance 90",
	},
	Mint: { // the account's own token replaces the lock's
		"ledger ledger-opened  version 0 balance 100",
		"ledger ledger-read client-1 version 0 balance 100",
		"ledger ledger-read client-1 version 0 balance 100",
		"client-1 write-sent",
		"ledger ledger-write-refused client-1 client-1/1: token 1 is lower than 2, the highest one handed out",
		"client-1 write-sent",
		"ledger ledger-write client-1 client-1/2 token 2 base 0 version 1 balance 90",
	},
}

func TestTheAccountGoesByWhoReadLast(t *testing.T) {
	for _, guard := range []Guard{Value, Mint} {
		got := simulate(t, guard, func(_ *virtual.World, client *virtual.Host, a Account) {
			client.Go("client", func(sim.Host) {
				if err := overtaken(a, time.Second); !errors.Is(err, ErrRefused) {
					t.Errorf("%s: the write of the earlier reader: %v, expected a refusal", guard, err)
				}
			})
		})
		if !slices.Equal(got, overtook[guard]) {
			t.Errorf("%s: what happened: %q\nexpected: %q", guard, got, overtook[guard])
		}
	}
}

func TestWhatTheAccountHandsOutIsRecorded(t *testing.T) {
	w := virtual.New(1)
	defer w.Close()
	w.AddHost(HostID)
	client := w.AddHost("client-1")
	a := Simulate(w, Mint)(client)
	client.Go("client", func(sim.Host) { _ = overtaken(a, time.Second) })
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	var tokens []uint64
	for _, e := range w.Events() {
		if e.Kind == sim.LedgerRead {
			tokens = append(tokens, e.Token)
		}
	}
	if !slices.Equal(tokens, []uint64{1, 2}) {
		t.Errorf("reads are recorded with the tokens %d, expected 1 and 2", tokens)
	}
}

func TestAWriteWithoutAnAnswerMayHaveBeenTaken(t *testing.T) {
	got := simulate(t, None, func(w *virtual.World, client *virtual.Host, a Account) {
		w.Cut(HostID, "client-1") // orders arrive, answers do not
		client.Go("client", func(sim.Host) {
			_, err := a.Write(Order{Op: "client-1/1", Balance: 90}, time.Second)
			if !errors.Is(err, sim.ErrUnknown) || errors.Is(err, ErrRefused) {
				t.Errorf("Write = %v, expected sim.ErrUnknown", err)
			}
		})
	})
	if !slices.Contains(got, "ledger ledger-write client-1 client-1/1 token 0 base 0 version 1 balance 90") {
		t.Errorf("the write was not taken: %q", got)
	}
}

func TestAWriterHeldAfterSendingHasSentIt(t *testing.T) {
	got := simulate(t, None, func(w *virtual.World, client *virtual.Host, a Account) {
		w.Direct([]sim.Step{{
			When: sim.Trigger{Host: "client-1", Kind: sim.WriteSent, Nth: 1},
			Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: 10 * time.Second},
		}})
		client.Go("client", func(h sim.Host) {
			version, err := a.Write(Order{Op: "client-1/1", Balance: 90}, time.Second)
			if err != nil || version != 1 || h.Now() != 10*time.Second {
				t.Errorf("at %v Write = %d, %v; expected the answer right after the pause", h.Now(), version, err)
			}
		})
	})
	if len(got) != 3 {
		t.Errorf("what happened: %q", got)
	}
}
