//go:build linux

package zookeeperlive

import (
	"path"
	"slices"
	"strconv"

	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
)

// logRecorder builds the service's part of a history from the servers' log.
type logRecorder struct {
	host   sim.Host // the host whose trial it is
	token  func(zookeeper.Node) uint64
	record func(sim.Event)  // nil while it only learns the present state
	nodes  []zookeeper.Node // the lock's znodes in the order of their sequence numbers
	client map[uint64]sim.HostID
}

// takeIn processes the changes that have been committed.
func (rec *logRecorder) takeIn(all *ensembleLog) error {
	changes, err := all.committed()
	for _, t := range changes {
		rec.saw(t)
	}
	return err
}

// saw processes one change.
func (rec *logRecorder) saw(t txn) {
	before, held := rec.holder()
	switch t.kind {
	case txnCreate:
		rec.add(t)
	case txnDelete:
		rec.remove(func(n zookeeper.Node) bool { return n.Path == t.path })
	case txnClose:
		rec.remove(func(n zookeeper.Node) bool { return n.Session == t.session })
	}
	now, taken := rec.holder()
	if held == taken && before == now || rec.record == nil {
		return
	}
	if held {
		e := sim.Event{Kind: sim.Expired, Grant: before.Grant()}
		if t.request != 0 { // a client deleted the znode, or closed its session
			e.Kind, e.Client = sim.Freed, rec.client[t.session]
		}
		rec.record(e)
	}
	if taken {
		rec.record(sim.Event{Kind: sim.Granted, Grant: now.Grant(), Token: rec.token(now), Client: rec.client[now.Session]})
	}
}

// add adds a znode if it is one of the lock's. Its data is the name of its client, if that is one
// of the trial's.
func (rec *logRecorder) add(t txn) {
	digits := t.path[max(0, len(t.path)-10):]
	number, err := strconv.ParseUint(digits, 10, 64)
	if path.Dir(t.path) != zookeeper.LockPath || err != nil {
		return
	}
	if rec.client == nil {
		rec.client = map[uint64]sim.HostID{}
	}
	rec.client[t.session] = sim.HostID(sim.Unsign(rec.host, string(t.data)))
	rec.nodes = append(rec.nodes, zookeeper.Node{Path: t.path, Czxid: t.zxid, Sequence: number, Session: t.session})
}

func (rec *logRecorder) remove(which func(zookeeper.Node) bool) {
	rec.nodes = slices.DeleteFunc(rec.nodes, which)
}

// holder is the lowest znode.
func (rec *logRecorder) holder() (zookeeper.Node, bool) {
	if len(rec.nodes) == 0 {
		return zookeeper.Node{}, false
	}
	return rec.nodes[0], true
}
