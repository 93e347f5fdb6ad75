package words

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// WouldBeRight says what a balance should have been: "90; 80 would be right". If nothing is
// wrong, it returns only the balance.
func WouldBeRight(balance string, b trace.Balanced) string {
	if b.Is == b.Right {
		return balance
	}
	return fmt.Sprintf("%s; %d would be right", balance, b.Right)
}

// ending says what balance the trial left in the account, if that is wrong.
func ending(h *sim.History) string {
	all := trace.Balances(h)
	if n := len(all); n > 0 && all[n-1].Is != all[n-1].Right {
		return " The balance is " + WouldBeRight(fmt.Sprint(all[n-1].Is), all[n-1]) + "."
	}
	return ""
}

// Refused returns a guard's reason to refuse, as short as a label has to be: "token 1 is lower
// than 2", "from v1, not v2".
func Refused(e *sim.Event) string {
	reason, _, _ := strings.Cut(refused(e), ", the ")
	reason = strings.Replace(reason, "computed from version ", "from v", 1)
	reason = strings.Replace(reason, ", but the account has version ", ", not v", 1)
	if id, already := strings.CutPrefix(reason, "there is an effect with the id "); already {
		return strings.Replace(id, " already", " was already done", 1)
	}
	return reason
}

// refused returns the reason in full, with lock values cut short.
func refused(e *sim.Event) string {
	var short []string
	for _, word := range strings.Fields(e.Note) {
		bare := strings.TrimRight(word, ",.")
		short = append(short, Short(bare)+word[len(bare):])
	}
	return strings.Join(short, " ")
}

// Rescue returns the refusal by which a guard saved the account: the first refused write, or
// else the first refused read. There is none if the trial means nothing, if money was lost all
// the same, or if the guard refused a client that was in the right.
func Rescue(h *sim.History, findings []check.Finding) (*sim.Event, bool) {
	for _, f := range findings {
		row := f.Property.Row()
		if row.Harms == check.TheTrial && f.Verdict != check.Holds || row.Unsaved && f.Verdict == check.Violated {
			return nil, false
		}
	}
	if all := refusals(h); len(all) > 0 && len(findings) > 0 {
		return all[0], true
	}
	return nil, false
}

// rescue describes the refusal that saved the account; empty if there is none.
func rescue(h *sim.History, findings []check.Finding) string {
	e, saved := Rescue(h, findings)
	if !saved {
		return ""
	}
	text := sentenceOf("refused", cmp.Or(refused(e), "the guard gives no reason")) + " " + Spared(h, e)
	if n := len(refusals(h)); n > 1 {
		text += fmt.Sprintf(" It is the first of %s.", Many(n, "refusal"))
	}
	return text
}

// refusals lists the writes that the guard refused or, if there are none, the reads. It leaves
// out clients that carry no token where one is needed: they were not kept out for being late.
func refusals(h *sim.History) []*sim.Event {
	guard, err := ledger.ParseGuard(h.Header.Guard)
	if err != nil {
		return nil // this version does not know the history's guard
	}
	var writes, reads []*sim.Event
	for i := range h.Events {
		e := &h.Events[i]
		if guard.NeedsToken() && e.Token == 0 {
			continue
		}
		switch e.Kind {
		case sim.LedgerWriteRefused:
			writes = append(writes, e)
		case sim.LedgerReadRefused:
			reads = append(reads, e)
		}
	}
	if len(writes) > 0 {
		return writes
	}
	return reads
}

// Spared says what a refusal spared the account: what was refused, and what it would have done.
func Spared(h *sim.History, e *sim.Event) string {
	at := fmt.Sprintf("%.3f s", e.At.Seconds())
	if e.Kind == sim.LedgerReadRefused {
		return fmt.Sprintf("That was a read of %s at %s.", e.Client, at)
	}
	if e.Job != "" {
		if chargedBefore(h, e) {
			return fmt.Sprintf("At %s, %s would have charged for %s again.", at, e.Client, e.Job)
		}
		return fmt.Sprintf("At %s, %s was about to charge for %s.", at, e.Client, e.Job)
	}
	what := fmt.Sprintf("At %s, %s would have written", at, e.Client)
	if w := writeOf(h, e); w != nil {
		what += fmt.Sprintf(" %d", w.Balance)
	}
	undone := undone(h, e)
	switch {
	case len(undone) == 0:
		return what + "."
	case len(undone) == 1:
		return fmt.Sprintf("%s over %s's withdrawal.", what, undone[0].Client)
	}
	return fmt.Sprintf("%s over %s.", what, Many(len(undone), "withdrawal"))
}

// chargedBefore reports whether the account had already been charged for the job of a refused
// charge.
func chargedBefore(h *sim.History, refused *sim.Event) bool {
	return slices.ContainsFunc(h.Events, func(e sim.Event) bool {
		return e.Kind == sim.LedgerWrite && e.Job == refused.Job && e.Seq < refused.Seq
	})
}

// writeOf returns what the client was about to write when it was refused, or nil.
func writeOf(h *sim.History, refused *sim.Event) *sim.Event {
	var last *sim.Event
	for i := range h.Events {
		if e := &h.Events[i]; e.Kind == sim.Write && e.Op == refused.Op && e.Seq < refused.Seq {
			last = e
		}
	}
	return last
}

// undone lists the withdrawals in the balance that the refused write would have removed from it.
func undone(h *sim.History, refused *sim.Event) (writes []*sim.Event) {
	var lineage trace.Lineage
	for i := range h.Events {
		if e := &h.Events[i]; e.Kind == sim.LedgerWrite && e.Seq < refused.Seq {
			lineage.Take(e)
		}
	}
	for _, w := range slices.Backward(lineage.Path) {
		if w.Version <= refused.Base {
			break
		}
		writes = append(writes, w)
	}
	return writes
}
