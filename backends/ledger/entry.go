package ledger

import "github.com/locklab/locklab/sim"

// opened is the event that begins the account's part of a history.
func opened() sim.Event {
	return sim.Event{Kind: sim.LedgerOpened, Version: OpeningVersion, Balance: OpeningBalance}
}

// entry is the event that the account records for a command that it has answered.
func entry(from sim.HostID, c Command, r Reply) sim.Event {
	e := sim.Event{
		Client: from, Op: c.Op, Job: c.Job, Token: c.Token, Base: c.Base,
		Version: r.Version, Balance: r.Balance, Note: r.Refused,
	}
	switch {
	case c.Kind == ReadCommand && r.Refused == "":
		e.Kind = sim.LedgerRead
		if r.Token != 0 {
			e.Token = r.Token
		}
		if r.Done {
			e.Note = "the job is done"
		}
	case c.Kind == ReadCommand:
		e.Kind = sim.LedgerReadRefused
	case c.Kind == MarkCommand:
		e.Kind = sim.LedgerMarked
	case r.Refused != "":
		e.Kind = sim.LedgerWriteRefused
	case c.Kind == ChargeCommand:
		// The account itself took the amount off the balance it had: whatever was in that
		// is in the new one too, whichever version the client had read.
		e.Kind, e.Base = sim.LedgerWrite, r.Version-1
	default:
		e.Kind = sim.LedgerWrite
	}
	return e
}
