package ledger

import "github.com/locklab/locklab/sim"

// opened is the event that begins the account's part of a history.
func opened() sim.Event {
	return sim.Event{Kind: sim.LedgerOpened, Version: OpeningVersion, Balance: OpeningBalance}
}

// entry is the event that the account records for a command that it has answered.
func entry(from sim.HostID, c Command, r Reply) sim.Event {
	e := sim.Event{Client: from, Op: c.Op, Token: c.Token, Base: c.Base, Version: r.Version, Balance: r.Balance, Note: r.Refused}
	switch {
	case c.Kind == ReadCommand && r.Refused == "":
		e.Kind = sim.LedgerRead
	case c.Kind == ReadCommand:
		e.Kind = sim.LedgerReadRefused
	case r.Refused == "":
		e.Kind = sim.LedgerWrite
	default:
		e.Kind = sim.LedgerWriteRefused
	}
	return e
}
