package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/plaintext"
)

// Judged is a trial that has been run and judged.
type Judged struct {
	Trial   Trial
	Result  Result
	History *sim.History
}

// Recorded gives the history with the messages between hosts. A virtual trial is run again
// to record them: they are wanted of few. That is not interrupted, as the trial counts.
func (j Judged) Recorded() (*sim.History, error) {
	if j.Trial.World != VirtualWorld || j.History.Messages != nil {
		return j.History, nil
	}
	return j.Trial.SimulateRecorded(context.Background())
}

// ByService puts live trials that want the same lock service next to each other, so that
// one that stands can be used again. Virtual trials, which are quick, come first and stay in
// their order.
func ByService(trials []Trial) []Trial {
	live := func(t Trial) bool { return t.World == LiveWorld }
	if !slices.ContainsFunc(trials, live) { // there may be millions
		return trials
	}
	sorted := slices.Clone(trials)
	slices.SortStableFunc(sorted, func(a, b Trial) int {
		return cmp.Or(cmp.Compare(b.World, a.World), cmp.Compare(a.service(), b.service()))
	})
	return sorted
}

// service names the lock service of a live trial; empty in the virtual world.
func (t Trial) service() string {
	if t.World != LiveWorld {
		return ""
	}
	return fmt.Sprint(t.Backend.Backend.Name(), t.TTL, t.Scenario.Lock, t.Backend)
}

// Available parts the trials that make sense and can be run on this machine from those that
// do not or cannot. It takes the list over: there may be a million.
func Available(trials []Trial) (can, cannot []Trial) {
	can = trials[:0]
	var why error
	for i, t := range trials {
		if i == 0 || !t.sameCell(&trials[i-1]) {
			why = cmp.Or(t.NotApplicable(), t.Unavailable())
		}
		if why == nil {
			can = append(can, t)
		} else {
			cannot = append(cannot, t)
		}
	}
	return can, cannot
}

// sameCell tells whether the trials differ at most in their seeds.
func (t *Trial) sameCell(o *Trial) bool {
	return t.Scenario == o.Scenario && t.Guard == o.Guard && t.Discipline == o.Discipline && t.World == o.World && t.TTL == o.TTL &&
		t.Backend.Backend == o.Backend.Backend && t.Backend.String() == o.Backend.String()
}

// Replay is the command that runs this one trial again, as a shell takes it. file is the
// scenario's file when it is not a built-in one.
func (r Result) Replay(file string) string {
	name := r.Scenario
	if file != "" {
		name = file
	}
	if strings.HasPrefix(name, "-") {
		name = "./" + name // which is no flag
	}
	words := []string{
		"locklab", "run", name, "--backend", r.Backend, "--guard", r.Guard, "--discipline", r.Discipline, "--world", r.World,
		"--seeds", fmt.Sprintf("%d..%d", r.Seed, r.Seed), "--ttl", r.TTL.String(),
	}
	return plaintext.Shell(append(words, r.Arguments...)...)
}
