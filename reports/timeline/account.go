package timeline

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/reports/internal/beliefs"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// readLedger makes the lane of the account: its balance as bars, the accepted writes where one
// balance gives way to the next, and what was refused.
func readLedger(h *sim.History, end time.Duration) lane {
	l := lane{kind: ledgerLane, host: h.Header.Ledger, name: string(h.Header.Ledger), about: "the account", client: nobody}
	if l.name == "" {
		l.name = "ledger"
	}
	known := map[uint64]int64{} // version → balance
	charged := map[string]bool{}
	balanced := map[int64]trace.Balanced{}
	for _, b := range trace.Balances(h) {
		balanced[b.Seq] = b
	}
	note := func(e sim.Event, style markStyle, label string) {
		l.marks = append(l.marks, mark{at: e.At, seq: e.Seq, style: style, client: clientIndex(h, e.Client), label: label})
	}
	for _, e := range h.Events {
		switch e.Kind {
		case sim.LedgerOpened:
			known[e.Version] = e.Balance
			l.bars = append(l.bars, balanceBar(e, trace.Balanced{}, end))
		case sim.LedgerRead:
			note(e, openDot, "")
		case sim.LedgerReadRefused:
			note(e, cross, fmt.Sprintf("%s's read refused%s", e.Client, because(e)))
		case sim.LedgerWrite:
			note(e, tick, writeLabel(e, known)+forJob(e, charged))
			known[e.Version] = e.Balance
			if n := len(l.bars); n > 0 {
				l.bars[n-1].to = e.At
			}
			l.bars = append(l.bars, balanceBar(e, balanced[e.Seq], end))
		case sim.LedgerWriteRefused:
			note(e, cross, fmt.Sprintf("%s refused%s", e.Client, because(e)))
		}
	}
	l.memory = memoryBars(h, end)
	return l
}

// balanceBar shows a balance and, if it is wrong, the right one.
func balanceBar(e sim.Event, b trace.Balanced, end time.Duration) bar {
	bar := bar{interval: interval{e.At, end}, style: balance, client: nobody}
	for _, text := range []string{
		fmt.Sprintf("balance %d (v%d)", e.Balance, e.Version),
		fmt.Sprintf("%d (v%d)", e.Balance, e.Version),
		fmt.Sprint(e.Balance),
	} {
		bar.labels = append(bar.labels, words.WouldBeRight(text, b))
	}
	if b.Is != b.Right {
		bar.labels = append(bar.labels, fmt.Sprintf("%d, not %d", b.Is, b.Right))
	}
	return bar
}

// memoryBars shows what the guard goes by, under the balance.
func memoryBars(h *sim.History, end time.Duration) (bars []bar) {
	for _, m := range beliefs.Remembered(h) {
		if n := len(bars); n > 0 {
			bars[n-1].to = m.At
		}
		bars = append(bars, bar{interval: interval{m.At, end}, style: remembered, client: nobody, labels: []string{m.Says, m.Brief}})
	}
	return bars
}

// forJob says which job a charge is for, and whether the account had already been charged for it.
func forJob(e sim.Event, charged map[string]bool) string {
	if e.Job == "" {
		return ""
	}
	again := charged[e.Job]
	charged[e.Job] = true
	if again {
		return ", " + e.Job + " again"
	}
	return ", " + e.Job
}

// writeLabel describes what a write did to the balance that it was computed from, and which version
// that was if it was not the latest: "client-1: 100 − 10 = 90, from v0".
func writeLabel(e sim.Event, known map[uint64]int64) string {
	base, seen := known[e.Base]
	if !seen {
		return fmt.Sprintf("%s: %d", e.Client, e.Balance)
	}
	sign, by := "−", base-e.Balance
	if by < 0 {
		sign, by = "+", -by
	}
	label := fmt.Sprintf("%s: %d %s %d = %d", e.Client, base, sign, by, e.Balance)
	if e.Base+1 != e.Version {
		label += fmt.Sprintf(", from old v%d", e.Base)
	}
	return label
}

// because is the guard's reason or, if it gave none, what the operation carried.
func because(e sim.Event) string {
	switch {
	case e.Note != "":
		return ": " + words.Refused(&e)
	case e.Token != 0:
		return fmt.Sprintf(": token %d", e.Token)
	}
	return ""
}

// readLinks finds the messages between clients and the ledger: a write from the moment it was sent,
// the answer to a read up to the moment it arrived.
func readLinks(h *sim.History) []link {
	sent := map[string][]time.Duration{} // writes on their way, by withdrawal
	seen := map[string][]time.Duration{} // reads that the ledger has answered
	var links []link
	for _, e := range h.Events {
		switch e.Kind {
		case sim.WriteSent:
			sent[e.Op] = append(sent[e.Op], e.At)
		case sim.LedgerWrite, sim.LedgerWriteRefused:
			if from, ok := pop(sent, e.Op); ok {
				links = append(links, link{client: clientIndex(h, e.Client), clientAt: from, ledgerAt: e.At, write: true})
			}
		case sim.LedgerRead:
			seen[e.Op] = append(seen[e.Op], e.At)
		case sim.Read:
			if at, ok := pop(seen, e.Op); ok {
				links = append(links, link{client: clientIndex(h, e.Host), clientAt: e.At, ledgerAt: at})
			}
		}
	}
	return links
}

// pop removes the oldest entry of a queue.
func pop(queues map[string][]time.Duration, key string) (time.Duration, bool) {
	q := queues[key]
	if len(q) == 0 {
		return 0, false
	}
	queues[key] = q[1:]
	return q[0], true
}
