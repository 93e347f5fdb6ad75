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

// Try runs a trial once and judges it. A trial that cannot be carried out for reasons of its own is
// undecided.
func (t Trial) Try(ctx context.Context, run func(context.Context, Trial) (*sim.History, error)) (Judged, error) {
	history, err := run(ctx, t)
	if err != nil && ctx.Err() == nil && t.ownError(err) {
		return Judged{Trial: t, Result: t.failed(err)}, nil
	}
	if err != nil {
		return Judged{}, err
	}
	return Judged{Trial: t, Result: t.Judge(history), History: history}, nil
}

// tooSlow reports whether the machine was too slow for the trial, which then has to be tried again.
func (j *Judged) tooSlow() bool {
	return j.History != nil && j.Result.Finding(check.KeptUp).Verdict != check.Holds
}

// again tries a trial again for which the machine was too slow, until it counts or was tried often
// enough. The last try is the one that is judged.
func (j Judged) again(ctx context.Context, run func(context.Context, Trial) (*sim.History, error)) (Judged, error) {
	var why []string
	for index, slow := j.Index, true; slow && len(why) < mostTries-1; slow = j.tooSlow() {
		why = append(why, j.Result.Finding(check.KeptUp).Why)
		var err error
		if j, err = j.Trial.Try(ctx, run); err != nil {
			return Judged{}, err
		}
		j.Index = index
	}
	j.Result.TooSlow = why
	return j, nil
}

// ownError reports whether an error concerns this trial alone, so that the others go on: real
// servers and processes fail for reasons of their own, and a script may run away with one lock
// service but not with another.
func (t Trial) ownError(err error) bool {
	_, runaway := errors.AsType[*virtual.Runaway](err)
	return t.World == sim.LiveWorld || runaway
}
