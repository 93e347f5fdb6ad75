//go:build linux

package network

import (
	"encoding/binary"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"golang.org/x/sys/unix"
)

// textFrame returns a TCP frame with these bytes at this position of its stream.
func textFrame(number uint32, text string) frame {
	f := newFrame(hostMAC(2), hostMAC(1), unix.ETH_P_IP)
	ip := make([]byte, ipHeader)
	ip[0], ip[9] = 0x45, unix.IPPROTO_TCP
	binary.BigEndian.PutUint16(ip[2:], uint16(ipHeader+tcpHeader+len(text)))
	tcp := make([]byte, tcpHeader)
	binary.BigEndian.PutUint16(tcp, 7000)
	binary.BigEndian.PutUint16(tcp[2:], 7100)
	binary.BigEndian.PutUint32(tcp[4:], number)
	tcp[12] = 5 << 4
	return append(append(append(f, ip...), tcp...), text...)
}

// While links are cut and mended, messages cross all of them. None is lost before the cut's
// stamp or after the stamp of its end, and none arrives in between.
func TestWhatACutBringsAboutStandsBetweenItsStamps(t *testing.T) {
	const links, rounds, each = 20, 20, 5 // each: number of messages that a sender sends between two changes
	s := newSwitch()
	all := make([]*Link, links)
	for i := range all {
		all[i] = bareLink(t)
		all[i].record.on.Store(true)
		all[i].record.left.Store(sim.MaxMessages)
	}
	var senders sync.WaitGroup
	var sent, changes atomic.Int64
	for _, l := range all {
		senders.Go(func() {
			for n := int64(0); n < 2*rounds*each; runtime.Gosched() {
				if n < each*(changes.Load()+1) {
					l.carry(textFrame(uint32(n), "x"))
					sent.Add(1)
					n++
				}
			}
		})
	}
	next := func() { // waits until something has been sent since the change; each sender may have been in the middle of one
		before := sent.Load()
		changes.Add(1)
		for sent.Load() <= before+links {
			runtime.Gosched()
		}
	}
	type period [2]time.Duration
	var cuts []period
	for i := range rounds {
		if i > 0 {
			next()
		}
		e := s.Partition(all)
		next()
		until, err := e.Undo()
		if err != nil {
			t.Fatal(err)
		}
		cuts = append(cuts, period{e.At, until})
	}
	changes.Store(2 * rounds)
	senders.Wait()
	lost := 0
	for _, l := range all {
		for _, k := range l.seen.segments {
			if k.arrived != 0 && slices.ContainsFunc(cuts, func(c period) bool { return c[0] < k.arrived && k.arrived < c[1] }) {
				t.Fatalf("a message arrives at %v, when a cut is in effect", k.arrived)
			}
			if k.lost == 0 {
				continue
			}
			lost++
			if !slices.ContainsFunc(cuts, func(c period) bool { return c[0] <= k.lost && k.lost <= c[1] }) {
				t.Fatalf("a message is lost at %v, when no cut is in effect", k.lost)
			}
		}
	}
	if lost == 0 {
		t.Error("no message was lost")
	}
}
