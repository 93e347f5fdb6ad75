//go:build linux

package zookeeperlive

import (
	"path"
	"slices"
	"strconv"

	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
)

// logWitness builds the service's part of a history from the servers' log.
type logWitness struct {
	host   sim.Host // the host whose trial it is
	token  func(zookeeper.Node) uint64
	record func(sim.Event)  // nil while it only learns the present state
	nodes  []zookeeper.Node // the lock's znodes in the order of their sequence numbers
	client map[uint64]sim.HostID
}

// takeIn processes the changes that have been committed.
func (w *logWitness) takeIn(all *ensembleLog) error {
	changes, err := all.committed()
	for _, t := range changes {
		w.saw(t)
	}
	return err
}

// saw processes one change.
func (w *logWitness) saw(t txn) {
	before, held := w.holder()
	switch t.kind {
	case txnCreate:
		w.add(t)
	case txnDelete:
		w.remove(func(n zookeeper.Node) bool { return n.Path == t.path })
	case txnClose:
		w.remove(func(n zookeeper.Node) bool { return n.Session == t.session })
	}
	now, taken := w.holder()
	if held == taken && before == now || w.record == nil {
		return
	}
	if held {
		e := sim.Event{Kind: sim.Expired, Grant: before.Grant()}
		if t.request != 0 { // a client deleted the znode, or closed its session
			e.Kind, e.Client = sim.Freed, w.client[t.session]
		}
		w.record(e)
	}
	if taken {
		w.record(sim.Event{Kind: sim.Granted, Grant: now.Grant(), Token: w.token(now), Client: w.client[now.Session]})
	}
}

// add adds a znode if it is one of the lock's. Its data is the name of its client, if that is one
// of the trial's.
func (w *logWitness) add(t txn) {
	digits := t.path[max(0, len(t.path)-10):]
	number, err := strconv.ParseUint(digits, 10, 64)
	if path.Dir(t.path) != zookeeper.LockPath || err != nil {
		return
	}
	if w.client == nil {
		w.client = map[uint64]sim.HostID{}
	}
	w.client[t.session] = sim.HostID(sim.Unsign(w.host, string(t.data)))
	w.nodes = append(w.nodes, zookeeper.Node{Path: t.path, Czxid: t.zxid, Sequence: number, Session: t.session})
}

func (w *logWitness) remove(which func(zookeeper.Node) bool) {
	w.nodes = slices.DeleteFunc(w.nodes, which)
}

// holder is the lowest znode.
func (w *logWitness) holder() (zookeeper.Node, bool) {
	if len(w.nodes) == 0 {
		return zookeeper.Node{}, false
	}
	return w.nodes[0], true
}
