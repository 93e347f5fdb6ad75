package check

import (
	"slices"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// side is which side of the partitions a client is on.
type side bool

// The sides. A client is on the majority side if it can exchange messages with more than half of
// the hosts of the lock service. If the service has only one server, that is the majority. If
// there is no service, what counts are the clients that a client can reach, itself included.
const (
	majoritySide side = true
	minoritySide side = false
)

func servedMajority(t *trace.Trace) []float64 { return servedOn(majoritySide, t) }
func servedMinority(t *trace.Trace) []float64 { return servedOn(minoritySide, t) }

// servedOn returns the share of attempts on one side of partitions that were served. An attempt
// counts if the same partitions, at least one, were in effect from its beginning to its end. An
// attempt that was still open when a cut was mended does not count, served or not: it was made
// in two networks, and the second decided it. Neither does one that began before the cut.
func servedOn(where side, t *trace.Trace) []float64 {
	var cuts []*trace.FaultRun
	for _, r := range t.Faults {
		if r.Applied != nil && len(r.Applied.Parted) > 0 {
			cuts = append(cuts, r)
		}
	}
	if len(cuts) == 0 {
		return nil
	}
	n := tallyOf(attempts(t), func(a *attempt) bool {
		groups, steady := partedDuring(a, cuts)
		return steady && len(groups) > 0 && sideOf(a.Client, groups, t.History.Header) == where
	})
	return share(n.served, n.asked)
}

// partedDuring returns how each partition that was in effect throughout an attempt groups the
// hosts. steady is false if a partition began or ended meanwhile, or if the attempt never ended.
func partedDuring(a *attempt, cuts []*trace.FaultRun) (groups [][][]sim.HostID, steady bool) {
	if a.Ended == nil {
		return nil, false
	}
	for _, r := range cuts {
		begins, ends := r.Applied.Seq, a.Ended.Seq+1
		if r.Undone != nil {
			ends = r.Undone.Seq
		}
		switch {
		case begins > a.Ended.Seq || ends < a.Began.Seq:
		case begins > a.Began.Seq || ends < a.Ended.Seq:
			return nil, false
		default:
			groups = append(groups, r.Applied.Parted)
		}
	}
	return groups, true
}

// sideOf returns the side that a client is on.
func sideOf(client sim.HostID, cuts [][][]sim.HostID, header sim.Header) side {
	voters := header.Servers
	if len(voters) == 0 {
		voters = header.Clients
	}
	reached := 0
	for _, v := range voters {
		if !slices.ContainsFunc(cuts, func(groups [][]sim.HostID) bool { return parts(groups, client, v) }) {
			reached++
		}
	}
	return side(2*reached > len(voters))
}

// parts reports whether a partition puts two hosts into different groups.
func parts(groups [][]sim.HostID, a, b sim.HostID) bool {
	for i, one := range groups {
		for j, other := range groups {
			if i != j && slices.Contains(one, a) && slices.Contains(other, b) {
				return true
			}
		}
	}
	return false
}
