package trial

import (
	"context"
	"errors"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/virtual"
)

// mostTries is the maximum number of tries of a live trial. A trial is tried again only if the
// machine was too slow for it, whatever else came out. Often the trials running beside it are what
// made the machine slow, so it is tried again alone.
const mostTries = 3

// run runs a trial and judges it. try runs it once, alone or beside others.
func (t Trial) run(ctx context.Context, try func(ctx context.Context, t Trial, alone bool) (*sim.History, error)) (Judged, error) {
	var tooSlow []string
	for {
		history, err := try(ctx, t, len(tooSlow) > 0)
		if err != nil && ctx.Err() == nil && t.ownError(err) {
			failed := t.failed(err)
			failed.TooSlow = tooSlow
			return Judged{Trial: t, Result: failed}, nil
		}
		if err != nil {
			return Judged{}, err
		}
		result := t.Judge(history)
		slow := result.Finding(check.KeptUp)
		if slow.Verdict == check.Holds || len(tooSlow) == mostTries-1 {
			result.TooSlow = tooSlow
			return Judged{Trial: t, Result: result, History: history}, nil
		}
		tooSlow = append(tooSlow, slow.Why)
	}
}

// ownError reports whether an error concerns this trial alone, so that the others go on: real
// servers and processes fail for reasons of their own, and a script may run away with one lock
// service but not with another.
func (t Trial) ownError(err error) bool {
	_, runaway := errors.AsType[*virtual.Runaway](err)
	return t.World == sim.LiveWorld || runaway
}
