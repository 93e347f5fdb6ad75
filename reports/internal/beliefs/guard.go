package beliefs

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
)

// Memory is what the account's guard goes by from a moment on: the highest token that it has seen
// or handed out, or the client whose lock value was set last.
type Memory struct {
	Seq   int64 // it began with this event
	At    time.Duration
	Token uint64 // 0 if the guard checks lock values
	Says  string // "highest token seen: 2"
	Brief string // "token 2"; "" if there is no shorter form
}

// Remembered lists what the guard of a trial went by, in order of time. It is empty if the guard
// checks neither tokens nor lock values.
func Remembered(h *sim.History) (all []Memory) {
	g := guardOf(h)
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind == sim.LedgerOpened && nothingYet[g.rule] != "" {
			all = append(all, Memory{Seq: e.Seq, At: e.At, Says: nothingYet[g.rule]})
		}
		if g.see(e) {
			all = append(all, g.now)
		}
	}
	return all
}

// nothingYet is what such guards go by before they have seen any token or lock value.
var nothingYet = map[ledger.Guard]string{
	ledger.FenceWrites: "no token seen yet", ledger.FenceAll: "no token seen yet", ledger.FenceEqual: "no token was set yet",
	ledger.Mint: "no token handed out yet", ledger.Value: "no lock value was set yet",
}

// guard tracks what the account's guard remembers.
type guard struct {
	rule ledger.Guard
	now  Memory
}

// see processes what the account did, and reports whether the guard now goes by something else.
func (g *guard) see(e *sim.Event) bool {
	var what ledger.Remembered
	switch e.Kind {
	case sim.LedgerRead:
		what = g.rule.Remembers(ledger.ReadCommand)
	case sim.LedgerWrite:
		what = g.rule.Remembers(ledger.WriteCommand)
	default:
		return false
	}
	m := Memory{Seq: e.Seq, At: e.At}
	switch what {
	case ledger.NothingNew:
		return false
	case ledger.ItsToken:
		if e.Token <= g.now.Token {
			return false
		}
		m.Token = e.Token
		m.Says, m.Brief = fmt.Sprintf(tokenWords[g.rule], e.Token), fmt.Sprintf("token %d", e.Token)
	case ledger.ItsValue:
		m.Says = "lock value set last: that of " + named(e.Client)
		m.Brief = "value of " + named(e.Client)
	}
	if m.Says == g.now.Says {
		return false
	}
	g.now = m
	return true
}

// tokenWords describe a token that a guard remembers.
var tokenWords = map[ledger.Guard]string{
	ledger.FenceWrites: "highest token seen: %d", ledger.FenceAll: "highest token seen: %d",
	ledger.FenceEqual: "the token that was set: %d", ledger.Mint: "highest token handed out: %d",
}

// guardOf returns the guard of a trial. One that this version does not know remembers nothing.
func guardOf(h *sim.History) guard {
	rule, err := ledger.ParseGuard(h.Header.Guard)
	if err != nil {
		rule = ledger.None
	}
	return guard{rule: rule}
}
