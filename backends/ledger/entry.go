package ledger

import "github.com/locklab/locklab/sim"

// Opened is the event that begins the account's part of a history.
func Opened() sim.Event {
	return sim.Event{Kind: sim.LedgerOpened, Version: OpeningVersion, Balance: OpeningBalance}
}

// entry is the event that the account records for a command that it has answered.
func entry(from sim.HostID, c Command, r Reply) sim.Event {
	e := sim.Event{
		Client: from, Op: c.Op, Job: c.Job, Token: c.Token, Base: c.Base,
		Version: r.Version, Balance: r.Balance, Note: r.Refused,
	}
	refused := r.Refused != ""
	switch c.Kind {
	case ReadCommand:
		e.Kind = either(refused, sim.LedgerReadRefused, sim.LedgerRead)
		if r.Token != 0 {
			e.Token = r.Token
		}
		if r.Done {
			e.Note = "the job is done"
		}
	case MarkCommand:
		e.Kind = sim.LedgerMarked
	case WriteCommand:
		e.Kind = either(refused, sim.LedgerWriteRefused, sim.LedgerWrite)
	case ChargeCommand:
		e.Kind = either(refused, sim.LedgerWriteRefused, sim.LedgerWrite)
		if !refused {
			// The account itself took the amount off the present balance, so everything in that
			// is also in the new one, whichever version the client had read.
			e.Base = r.Version - 1
		}
	default:
		panic("no event is known of the command " + string(c.Kind))
	}
	return e
}

func either(refused bool, so, otherwise sim.Kind) sim.Kind {
	if refused {
		return so
	}
	return otherwise
}
