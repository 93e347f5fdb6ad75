//go:build linux

package network

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync/atomic"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"golang.org/x/sys/unix"
)

// record is shared by all links of a switch to record the messages that they carry. A message is
// what TCP sends in one piece.
type record struct {
	on   atomic.Bool
	left atomic.Int64 // how many more messages may be recorded
	full atomic.Int64 // when there was no room for another, on the machine's clock; 0 means there always was
}

// segment is a message that is or was in transit.
type segment struct {
	flow    flow
	number  uint32 // TCP sequence number of its first byte
	size    int    // in bytes
	sent    time.Duration
	lost    time.Duration
	again   time.Duration
	arrived time.Duration
	resent  int64
	with    []*segment // others that were lost and are resent together with it
	head    [headSize]byte
}

// headSize is how many bytes of a message are kept, to describe it.
const headSize = 128

// seen is what a link has carried since recording started.
type seen struct {
	segments []*segment
	missing  []*segment      // lost, and not arrived since
	next     map[flow]uint32 // the sequence number up to which each flow has been seen
}

// StartRecording forgets what was recorded and starts again. It records so many messages at most.
func (s *Switch) StartRecording(most int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, l := range s.links {
		l.mu.Lock()
		l.seen = seen{next: l.seen.next} // TCP may yet resend what it has sent before
		l.mu.Unlock()
	}
	s.record.left.Store(most)
	s.record.full.Store(0)
	s.record.on.Store(true)
}

// Recorded returns what was sent since the moment zero of the machine's clock, in the order of
// sending, in the words of the readers.
func (s *Switch) Recorded(zero time.Duration, readers []Reader) []sim.Message {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []sim.Message
	for _, l := range s.links {
		l.mu.Lock()
		for _, k := range l.seen.segments {
			if k.sent >= zero {
				all = append(all, k.message(l.name, zero, readers))
			}
		}
		l.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b sim.Message) int {
		return cmp.Or(cmp.Compare(a.Sent, b.Sent), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	if full := time.Duration(s.record.full.Load()); full != 0 {
		last := full - zero
		if n := len(all); n > 0 {
			last = max(last, all[n-1].Sent)
		}
		all = append(all, sim.Message{Sent: last, Fate: sim.Unrecorded})
	}
	for i := range all {
		all[i].Number = int64(i + 1)
	}
	return all
}

func (k *segment) message(l sim.Link, zero time.Duration, readers []Reader) sim.Message {
	m := sim.Message{From: l.From, To: l.To, Sent: k.sent - zero, Fate: sim.UnderWay, Resent: k.resent}
	m.What = wordsFor(readers, k.head[:min(k.size, headSize)], k.size)
	if k.arrived != 0 {
		m.Fate, m.Arrived = sim.Arrived, k.arrived-zero
	}
	if k.lost != 0 {
		m.Lost = k.lost - zero
	}
	if k.again != 0 {
		m.Again = k.again - zero
	}
	return m
}

// recordOpening notes that a frame opens a connection. The sequence numbers of its flow are then
// unrelated to those of an earlier connection. The caller holds mu.
func (l *Link) recordOpening(f frame, id flow) {
	if id != 0 && f.opens() {
		delete(l.seen.next, id)
	}
}

// recordSent records that a message has reached the link, or has reached it again after it was
// lost. It returns nil if the message is not to be recorded. The caller holds mu.
func (l *Link) recordSent(f frame, id flow) *segment {
	if !l.record.on.Load() {
		return nil
	}
	number, text := f.stream()
	now := clock.Now()
	end := number + uint32(len(text))
	var found *segment
	for _, k := range l.seen.missing {
		if k.flow != id || k.number-number >= uint32(len(text)) {
			continue
		}
		k.again, k.with = now, nil
		k.resent++
		if found == nil {
			found = k
		} else {
			found.with = append(found.with, k)
		}
	}
	next, known := l.seen.next[id]
	if known && int32(end-next) <= 0 {
		return found // if nil, it has arrived or is in transit: TCP was impatient
	}
	if l.seen.next == nil {
		l.seen.next = make(map[flow]uint32)
	}
	l.seen.next[id] = end
	if found != nil {
		return found
	}
	if l.record.left.Add(-1) < 0 {
		l.record.full.CompareAndSwap(0, int64(now))
		return nil
	}
	k := &segment{flow: id, number: number, size: len(text), sent: now}
	copy(k.head[:], text)
	l.seen.segments = append(l.seen.segments, k)
	return k
}

// recordArrived records that the message arrives. The caller delivers it right afterwards: a
// stamp taken after the delivery could be later than that of the answer. The caller holds mu.
func (l *Link) recordArrived(k *segment) {
	if k == nil {
		return
	}
	now := clock.Now()
	for _, each := range append(k.with, k) {
		if each.arrived == 0 {
			each.arrived = now
		}
	}
	if k.lost != 0 {
		l.seen.missing = slices.DeleteFunc(l.seen.missing, func(each *segment) bool { return each.arrived != 0 })
	}
}

// recordLost records that the message was lost. The caller holds mu.
func (l *Link) recordLost(k *segment) {
	if k == nil || k.lost != 0 || k.arrived != 0 {
		return
	}
	k.lost = clock.Now()
	l.seen.missing = append(l.seen.missing, k)
}

// stream returns what a TCP segment carries, and its sequence number. The frame must be part of
// a conversation and carry a message.
func (f frame) stream() (number uint32, text []byte) {
	p := f.payload()
	total := int(binary.BigEndian.Uint16(p[2:]))
	p = p[:min(max(total, ipHeader), len(p))]
	tcp := p[max(int(p[0]&0xf)*4, ipHeader):]
	return binary.BigEndian.Uint32(tcp[4:]), tcp[min(int(tcp[12]>>4)*4, len(tcp)):]
}

// opens reports whether the frame, which must be part of a conversation, opens a TCP connection
// or accepts one.
func (f frame) opens() bool {
	const synchronize = 0x02 // the SYN flag
	p := f.payload()
	tcp := p[min(max(int(p[0]&0xf)*4, ipHeader), len(p)):]
	return p[9] == unix.IPPROTO_TCP && len(tcp) >= tcpHeader && tcp[13]&synchronize != 0
}
