package beliefs

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
)

// Memory is what the account's guard goes by from a moment on: the highest token that it has
// seen or handed out, or whose lock value was set last.
type Memory struct {
	Seq   int64 // it began with this event
	At    time.Duration
	Token uint64 // 0: the guard looks at lock values
	Says  string // "highest token seen: 2"
	Brief string // "token 2"; empty: there is no shorter way to say it
}

// Remembered lists what the guard of a trial went by, in the order of time. It is empty
// where the guard looks neither at tokens nor at lock values.
func Remembered(h *sim.History) (all []Memory) {
	g := guard{rule: ledger.Guard(h.Header.Guard)}
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

// nothingYet is what such guards go by before anybody has shown them anything.
var nothingYet = map[ledger.Guard]string{
	ledger.FenceWrites: "no token seen yet", ledger.FenceAll: "no token seen yet", ledger.FenceEqual: "no token was set yet",
	ledger.Mint: "no token handed out yet", ledger.Value: "no lock value was set yet",
}

// guard follows what the guard of the account remembers.
type guard struct {
	rule ledger.Guard
	now  Memory
}

// see takes in what the account did; it tells whether the guard goes by something else now.
func (g *guard) see(e *sim.Event) bool {
	read, write := e.Kind == sim.LedgerRead, e.Kind == sim.LedgerWrite
	if !read && !write {
		return false
	}
	m := Memory{Seq: e.Seq, At: e.At, Token: e.Token}
	looks := false // at an operation of this kind
	switch g.rule {
	case ledger.FenceAll:
		looks, m.Says = true, fmt.Sprintf("highest token seen: %d", e.Token)
	case ledger.FenceWrites:
		looks, m.Says = write, fmt.Sprintf("highest token seen: %d", e.Token)
	case ledger.FenceEqual:
		looks, m.Says = write, fmt.Sprintf("the token that was set: %d", e.Token)
	case ledger.Mint:
		looks, m.Says = read, fmt.Sprintf("highest token handed out: %d", e.Token)
	case ledger.Value:
		looks, m.Token = read, 0
		m.Says = "lock value set last: that of " + named(e.Client)
		m.Brief = "value of " + named(e.Client)
	case ledger.None, ledger.CAS, ledger.Unique, ledger.LockKey: // remember nothing of who came before
	}
	if !looks {
		return false
	}
	if g.rule != ledger.Value {
		if e.Token <= g.now.Token {
			return false
		}
		m.Brief = fmt.Sprintf("token %d", e.Token)
	}
	if m.Says == g.now.Says {
		return false
	}
	g.now = m
	return true
}
