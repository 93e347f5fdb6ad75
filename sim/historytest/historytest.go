// Package historytest makes histories from arbitrary bytes, for tests of code that reads
// histories. Only tests import it.
package historytest

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// Of returns the history that these bytes encode: a history file, or a few bytes per event, so
// that most inputs give some history. It returns nil for a file that ReadHistory refuses. In all
// other cases, ReadHistory accepts what Write makes of the history.
func Of(src []byte) *sim.History {
	if bytes.HasPrefix(src, []byte("{")) {
		h, err := sim.ReadHistory(bytes.NewReader(src), "fuzz.jsonl")
		if err != nil {
			return nil
		}
		return h
	}
	r := &reader{src: src}
	r.header()
	for len(r.src) > 0 && len(r.history.Events) < sim.MaxEvents {
		r.event()
	}
	return &r.history
}

// latest is the largest time that ReadHistory accepts.
const latest = 10_000 * time.Hour

// reader uses bytes as choices. When they run out it continues with zeros.
type reader struct {
	src     []byte
	history sim.History
	at      time.Duration
}

func (r *reader) next() int {
	if len(r.src) == 0 {
		return 0
	}
	b := r.src[0]
	r.src = r.src[1:]
	return int(b)
}

// pick chooses an element of a list; n may exceed its length.
func pick[T any](n int, list ...T) T { return list[n%len(list)] }

func (r *reader) header() {
	first, second := r.next(), r.next()
	h := &r.history.Header
	*h = sim.Header{
		Format: sim.Format, Scenario: "fuzz", Ledger: "ledger", Seed: 1, TTL: 10 * time.Second, Until: 40 * time.Second,
		Discipline: pick(first>>6, "attentive", "heedless", "", "late=0.5ttl"),
		World:      pick(first, sim.Worlds()...),
		Backend:    pick(first>>1, "redis", "redlock", "sentinel", "none", "etcd+x=1", "zookeeper"),
		Guard:      pick(second>>4, "none", "fence-writes", "fence-all", "fence-equal", "cas", "unique", "value", "mint"),
		Ungranted:  first == 7,
	}
	for i := range second % 4 {
		h.Clients = append(h.Clients, sim.ClientID(i))
	}
	for i := range second / 4 % 4 {
		h.Servers = append(h.Servers, sim.HostID(fmt.Sprintf("redis-%d", i+1)))
	}
	if first&32 > 0 {
		h.Faults = faults
	}
}

// faults has faults of all kinds.
var faults = []sim.Fault{
	{Kind: sim.Pause, Host: "client-1", For: 15 * time.Second}, {Kind: sim.Crash, Host: "redis-1"},
	{Kind: sim.Partition, From: []sim.HostID{"client-1", "client-2"}, To: []sim.HostID{"redis-1"}},
	{Kind: sim.Crash, Hosts: []sim.HostID{"client-1", "holder"}}, {Kind: sim.Suspend, Host: "client-2"}, {Kind: sim.StallDisk, Host: "redis-1"},
	{Kind: sim.ClockFault, Host: "redis-1", Clock: sim.WallClock, Step: time.Second},
	{Kind: sim.Delay, From: []sim.HostID{"client-1"}, To: []sim.HostID{"redis-1"}, By: time.Second},
	{Kind: sim.Hold, From: []sim.HostID{"redis-1"}, To: []sim.HostID{"client-1"}, By: time.Second},
	{Kind: sim.Drop, From: []sim.HostID{"client-1"}, To: []sim.HostID{"ledger"}, Probability: 0.5},
}

// event uses six bytes for an event, or for a message.
func (r *reader) event() {
	kind, what, who, which, when, n := r.next(), r.next(), r.next(), r.next(), r.next(), r.next()
	r.at += min(latest-r.at, pick(when, 0, 0, 1, time.Microsecond, time.Millisecond, 100*time.Millisecond, time.Second, 10*time.Second, 1000*time.Hour, latest/3))
	hosts := append([]sim.HostID{"", r.history.Header.Ledger, "elsewhere"}, append(r.history.Header.Clients, r.history.Header.Servers...)...)
	if kind >= 200 {
		r.message(pick(who, hosts...), pick(what, hosts...), which, n)
		return
	}
	kinds := append(append(sim.ClientKinds(), sim.ServerKinds()...),
		sim.Deadline, sim.LedgerOpened, sim.FaultApplied, sim.FaultProven, sim.FaultUnproven, sim.FaultUndone, sim.End, sim.InSet, sim.SetRead)
	e := sim.Event{
		Seq: int64(len(r.history.Events) + 1), At: r.at, Kind: pick(kind, kinds...), Host: pick(who, hosts...), Client: pick(who>>4, hosts...),
		Op: pick(which, "", "client-1/1", "client-1/2", "client-2/1"), Grant: pick(which>>2, "", "a", "b", "c"),
		Job: pick(which>>4, "", "", "job-1", "job-2"), Token: uint64(n % 4), Base: uint64(n >> 2 % 4), Version: uint64(n >> 4 % 4),
		Balance: int64(what) - 100, Firing: int64(which >> 6), Refused: what&1 > 0, Until: pick(what>>1, 0, min(latest, r.at+10*time.Second), 1, latest),
		Note: pick(what>>3, "", "token 1 is lower than 3", "expired", "<a>&\"b'", "crashed", sim.TimeUp, sim.AllDone, strings.Repeat("long ", 40)),
	}
	if strings.HasPrefix(string(e.Kind), "fault-") {
		r.history.Header.Faults = faults
		e.Fault = 1 + int64(n%len(faults))
		switch f := faults[e.Fault-1]; {
		case f.Parted() != nil:
			e.Parted, e.Hosts = f.Parted(), []sim.HostID{"client-1", "client-2", "redis-1"}
		case f.Kind.OnLinks():
			e.Hosts = []sim.HostID{f.From[0], f.To[0]}
		}
	}
	if e.Kind == sim.NodeEnded {
		e.Ended = pick(n, sim.EndKinds()...)
	}
	r.history.Events = append(r.history.Events, e)
}

// message adds a message, if from and to are two different hosts.
func (r *reader) message(from, to sim.HostID, which, n int) {
	if from == "" || to == "" || from == to {
		return
	}
	m := sim.Message{
		Number: int64(len(r.history.Messages) + 1), From: from, To: to, Sent: r.at, Fate: pick(which, sim.Fates()...),
		What: pick(which>>2, "", "SET NX PX", "ping", "<&>", "append lease grant"), Resent: int64(n >> 6),
	}
	if m.Fate == sim.Arrived {
		m.Arrived = min(latest, r.at+pick(n, 0, 1, time.Millisecond, time.Hour, latest))
	}
	if n&8 > 0 {
		m.Lost, m.Again = min(latest, r.at+1), min(latest, r.at+2)
	}
	r.history.Messages = append(r.history.Messages, m)
}

// Seeds returns inputs for a fuzzer's corpus: files, and bytes that produce every kind of event.
func Seeds() [][]byte {
	var each, twice []byte
	each = append(each, 1, 0x5a)
	twice = append(twice, 32, 0x5a)
	for kind := range 60 {
		each = append(each, byte(kind), byte(kind*3), byte(kind%7), byte(kind*5), 4, byte(kind))
		for i := range 2 {
			twice = append(twice, byte(kind), byte(kind*3), byte(3+i), byte(4+i), 5, byte(kind))
		}
	}
	sent := append(bytes.Clone(each), 200, 3, 5, 0, 3, 2, 201, 5, 3, 5, 4, 9, 202, 4, 3, 2, 5, 0)
	return [][]byte{each, twice, sent, {0, 0}, {
		1, 0x5a, // client-1 gets the lock, reads, is paused and writes while client-2 has it
		0, 0, 3, 5, 4, 0, 24 + 4, 0, 5, 5, 4, 0, 2, 0, 3, 5, 4, 0, 6, 50, 3, 5, 4, 0, 12, 40, 3, 5, 4, 0,
	}, []byte(File), []byte(OldFile)}
}

// File is the file of a small history, with a message.
const File = `{"format":"locklab-history/2","scenario":"gc-pause","backend":"redis","guard":"none","discipline":"attentive","world":"virtual","seed":7,"ttl":10000000000,"until":40000000000,"clients":["client-1","client-2"],"servers":["redis-1"],"ledger":"ledger","faults":[{"kind":"pause","host":"client-1"}]}
{"seq":1,"at":0,"host":"ledger","kind":"ledger-opened","balance":100}
{"seq":2,"at":1,"host":"client-1","kind":"acquire","op":"client-1/1"}
{"seq":3,"at":2,"host":"redis-1","kind":"granted","grant":"a"}
{"seq":4,"at":3,"host":"client-1","kind":"acquired","op":"client-1/1","grant":"a","until":10000000003}
{"seq":5,"at":4,"host":"ledger","kind":"ledger-read","op":"client-1/1","client":"client-1","balance":100}
{"seq":6,"at":5,"host":"client-1","kind":"read","op":"client-1/1","balance":100}
{"seq":7,"at":6,"host":"client-1","kind":"fault-applied","fault":1}
{"seq":8,"at":6,"host":"client-1","kind":"fault-proven","fault":1}
{"seq":9,"at":20000000000,"host":"client-1","kind":"fault-undone","fault":1}
{"seq":10,"at":20000000001,"host":"client-1","kind":"write","op":"client-1/1","grant":"a","balance":90}
{"seq":11,"at":20000000002,"host":"ledger","kind":"ledger-write","op":"client-1/1","client":"client-1","version":1,"balance":90}
{"seq":12,"at":20000000003,"host":"client-1","kind":"wrote","op":"client-1/1","version":1}
{"seq":13,"at":20000000004,"kind":"end","note":"all clients are done"}
{"message":1,"from":"client-1","to":"redis-1","sent":1,"fate":"arrived","arrived":2,"what":"SET NX PX"}
`

// OldFile is the same history in format 1.
const OldFile = `{"format":"locklab-history/1","scenario":"gc-pause","backend":"redis","guard":"none","discipline":"attentive","world":"virtual","seed":7,"ttl":10000000000,"until":40000000000,"clients":["client-1","client-2"],"servers":["redis-1"],"ledger":"ledger","faults":["pause client-1"]}
{"seq":1,"at":0,"host":"ledger","kind":"ledger-opened","balance":100}
{"seq":2,"at":1,"host":"client-1","kind":"acquire","op":"client-1/1"}
{"seq":3,"at":2,"host":"redis-1","kind":"granted","grant":"a"}
{"seq":4,"at":3,"host":"client-1","kind":"acquired","op":"client-1/1","grant":"a","until":10000000003}
{"seq":5,"at":4,"host":"ledger","kind":"ledger-read","op":"client-1/1","client":"client-1","balance":100}
{"seq":6,"at":5,"host":"client-1","kind":"read","op":"client-1/1","balance":100}
{"seq":7,"at":6,"host":"client-1","kind":"fault-applied","fault":"pause client-1"}
{"seq":8,"at":6,"host":"client-1","kind":"fault-proven","fault":"pause client-1"}
{"seq":9,"at":20000000000,"host":"client-1","kind":"fault-undone","fault":"pause client-1"}
{"seq":10,"at":20000000001,"host":"client-1","kind":"write","op":"client-1/1","grant":"a","balance":90}
{"seq":11,"at":20000000002,"host":"ledger","kind":"ledger-write","op":"client-1/1","client":"client-1","version":1,"balance":90}
{"seq":12,"at":20000000003,"host":"client-1","kind":"wrote","op":"client-1/1","version":1}
{"seq":13,"at":20000000004,"kind":"end","note":"all clients are done"}
{"message":1,"from":"client-1","to":"redis-1","sent":1,"fate":"arrived","arrived":2,"what":"SET NX PX"}
`
