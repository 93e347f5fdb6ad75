package outcome

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// library returns one side of a library's cell, with a lease of 2 s. It has one trial for each of
// lengths, which are values of m in ms; 0 means that the trial measured nothing. Overlap has the
// given verdict in all of them.
func library(world string, m check.Measure, overlap check.Verdict, lengths ...int) Summary {
	s := Summary{Scenario: "gc-pause", Backend: "etcd", Guard: "none", Discipline: "attentive", World: world, TTL: 2 * time.Second}
	if world == sim.LiveWorld {
		s.Backend, s.StandIn = "lib/etcd-mutex", "etcd"
	}
	for _, p := range check.Properties() {
		s.Tallies = append(s.Tallies, Tally{Property: p})
	}
	for i, ms := range lengths {
		r := judgedAs(uint64(i), map[check.Property]check.Verdict{check.Overlap: overlap})
		r.World, r.TTL, r.Outcome = world, s.TTL, NothingExpected
		if world == sim.LiveWorld {
			r.Slack = 30 * time.Millisecond
		}
		if ms > 0 {
			r.Measures = []check.Measured{{Measure: m, Count: 1, Least: float64(ms) / 1000, Most: float64(ms) / 1000}}
		}
		s.add(r)
	}
	return s
}

// around returns n random lengths between center-spread and center+spread.
func around(n, center, spread int) []int {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	var out []int
	for range n {
		out = append(out, center-spread+random.IntN(2*spread+1))
	}
	return out
}

func TestALibraryIsHeldAgainstTheProfileThatStandsForIt(t *testing.T) {
	const holds, violated = check.Holds, check.Violated
	for _, c := range []struct {
		name          string
		virtual, live Summary
		want          Accord
		likeness      Likeness
		why           string
	}{
		{"both alike", library(sim.VirtualWorld, check.NextGrant, violated, around(20, 1800, 200)...), library(sim.LiveWorld, check.NextGrant, violated, around(5, 1850, 200)...),
			Agree, Alike, ""},
		{"a verdict differs", library(sim.VirtualWorld, check.NextGrant, holds, around(20, 1800, 200)...), library(sim.LiveWorld, check.NextGrant, violated, around(5, 1850, 200)...),
			Disagree, Alike, "overlap: violated in 0 of 20 virtual and 5 of 5 live trials"},
		{"as far apart as is allowed: a twentieth of the lease, and what the machine may add", library(sim.VirtualWorld, check.NextGrant, violated, around(20, 1000, 0)...), library(sim.LiveWorld, check.NextGrant, violated, around(5, 1130, 0)...),
			Agree, Alike, ""},
		{"a little farther", library(sim.VirtualWorld, check.NextGrant, violated, around(20, 1000, 0)...), library(sim.LiveWorld, check.NextGrant, violated, around(5, 1131, 0)...),
			Disagree, Unlike, "next-grant: the median of a trial is longer in the live world than chance, the machine and an allowance of 100 ms can explain"},
		{"farther to the other side", library(sim.VirtualWorld, check.NextGrant, violated, around(20, 1000, 0)...), library(sim.LiveWorld, check.NextGrant, violated, around(5, 869, 0)...),
			Disagree, Unlike, "next-grant: the median of a trial is shorter in the live world than chance, the machine and an allowance of 100 ms can explain"},
		{"a planted profile that renews every third of the lease, where etcd's client looks twice a second", library(sim.VirtualWorld, check.RenewEvery, holds, around(20, 667, 2)...), library(sim.LiveWorld, check.RenewEvery, holds, around(5, 1000, 40)...),
			Disagree, Unlike, "renew-every: the median of a trial is longer in the live world than chance, the machine and an allowance of 100 ms can explain"},
		{"one live trial that is far away is chance", library(sim.VirtualWorld, check.NextGrant, violated, around(20, 1000, 100)...), library(sim.LiveWorld, check.NextGrant, violated, 990, 1020, 1700, 1000, 1050),
			Agree, Alike, ""},
		{"too few live trials, however far away", library(sim.VirtualWorld, check.NextGrant, violated, around(20, 1000, 100)...), library(sim.LiveWorld, check.NextGrant, violated, 5000, 5000, 5000),
			Agree, TooFew, ""},
		{"never measured live: nobody is told", library(sim.VirtualWorld, check.Notice, violated, around(20, 1000, 100)...), library(sim.LiveWorld, check.Notice, violated, 0, 0, 0, 0, 0),
			Disagree, Unlike, "notice: measured in 20 of 20 virtual and 0 of 5 live trials"},
		{"later, and not measured in all trials", library(sim.VirtualWorld, check.RenewEvery, holds, around(20, 667, 2)...), library(sim.LiveWorld, check.RenewEvery, holds, 1000, 0, 1000, 1000, 0),
			Disagree, Unlike, "renew-every: the median of a trial is longer in the live world than chance, the machine and an allowance of 100 ms can explain; measured in 20 of 20 virtual and 3 of 5 live trials; the others count as infinite"},
		{"measured in some trials on both sides", library(sim.VirtualWorld, check.Notice, violated, append(around(10, 1000, 100), make([]int, 10)...)...), library(sim.LiveWorld, check.Notice, violated, 1000, 0, 0, 1000, 0),
			Agree, Alike, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := Agreements([]Summary{c.virtual, c.live})
			if len(all) != 1 {
				t.Fatalf("%d cells, expected that of the library alone", len(all))
			}
			a := all[0]
			if a.Backend != "lib/etcd-mutex" || a.StandIn != "etcd" || len(a.Measures) != 1 {
				t.Fatalf("compared: %+v", a)
			}
			if got := a.Measures[0]; a.Accord != c.want || got.Likeness != c.likeness || strings.Join(a.Why, "; ") != c.why {
				t.Errorf("%v, %v (%q); expected %v, %v (%q)", a.Accord, got.Likeness, a.Why, c.want, c.likeness, c.why)
			}
		})
	}
}

// A side whose trials are undecided, or run under another lease, or missing makes the comparison
// unsure; none of this counts as a difference in lengths.
func TestALibraryOfWhichNothingIsKnownIsUndecided(t *testing.T) {
	virtual, live := library(sim.VirtualWorld, check.Wait, check.Holds, around(20, 100, 10)...), library(sim.LiveWorld, check.Wait, check.Holds)
	for range 5 {
		r := judgedAs(1, map[check.Property]check.Verdict{check.KeptUp: check.Undecided})
		r.World, r.TTL, r.Outcome = sim.LiveWorld, live.TTL, Undecided
		r.Measures = []check.Measured{{Measure: check.Wait, Count: 1, Least: 9, Most: 9}}
		live.add(r)
	}
	a := Agreements([]Summary{virtual, live})[0]
	if a.Accord != Unsure || len(a.Measures) != 1 || a.Measures[0].Likeness != TooFew || a.Measures[0].Live != (Figures{}) {
		t.Errorf("%v %q, %+v", a.Accord, a.Why, a.Measures)
	}
	live = library(sim.LiveWorld, check.Wait, check.Holds, around(5, 100, 10)...)
	live.TTL = time.Second
	if a := Agreements([]Summary{virtual, live})[0]; a.Accord != Unsure || a.Why[0] != "the leases differ: 2s virtual and 1s live" {
		t.Errorf("with another lease: %v %q", a.Accord, a.Why)
	}
	if a := Agreements([]Summary{library(sim.LiveWorld, check.Wait, check.Holds, around(5, 100, 10)...)})[0]; a.Accord != Unsure || len(a.Measures) > 0 {
		t.Errorf("without its profile: %v %q", a.Accord, a.Why)
	}
}

// A profile that also ran live is compared with itself in a cell of its own; its library is still
// compared with the profile.
func TestAProfileThatWasRunLiveHasACellOfItsOwn(t *testing.T) {
	own := library(sim.LiveWorld, check.Wait, check.Holds, around(5, 100, 10)...)
	own.Backend, own.StandIn = "etcd", ""
	all := Agreements([]Summary{library(sim.VirtualWorld, check.Wait, check.Holds, around(20, 100, 10)...), own, library(sim.LiveWorld, check.Wait, check.Holds, around(5, 100, 10)...)})
	if len(all) != 2 || all[0].Backend != "etcd" || len(all[0].Measures) > 0 || all[1].Backend != "lib/etcd-mutex" || all[1].Virtual.Backend != "etcd" || all[1].Accord != Agree {
		t.Errorf("%+v", all)
	}
}

// A sample keeps only the first trials, so that a summary does not grow with their number.
func TestASampleIsBounded(t *testing.T) {
	s := library(sim.VirtualWorld, check.Wait, check.Holds, around(3*maxSampled, 100, 10)...)
	if got := s.Sample.sum(check.Wait); got.Of != maxSampled || got.Trials != maxSampled || s.Trials != 3*maxSampled {
		t.Errorf("%+v of %d trials", got, s.Trials)
	}
}

// Two samples from the same distribution are hardly ever found to differ.
func TestChanceIsHardlyEverTakenForADifference(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	found := 0
	const runs = 2000
	for range runs {
		var a, b []float64
		for range AgreementSeeds {
			a = append(a, random.NormFloat64())
		}
		for range 5 {
			b = append(b, random.NormFloat64())
		}
		slices.Sort(a)
		slices.Sort(b)
		if larger(a, b) || larger(b, a) {
			found++
		}
	}
	if found > 2 { // at most 0.4 are expected
		t.Errorf("in %d of %d runs", found, runs)
	}
}
