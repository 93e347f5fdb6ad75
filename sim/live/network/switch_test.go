//go:build linux

package network_test

import (
	"io"
	"net"
	"runtime"
	"testing"

	"github.com/locklab/locklab/sim"
)

// BenchmarkNetwork measures what the switch costs: the same conversations from host to host, and
// over one host's own loopback, which bypasses the switch.
func BenchmarkNetwork(b *testing.B) {
	hosts := connected(b, client1, server1)
	for _, from := range []sim.HostID{client1, server1} {
		name := map[sim.HostID]string{client1: "switch", server1: "loopback"}[from]
		b.Run("round-trip/"+name, func(b *testing.B) {
			conn := hosts.echo(b, from)
			for b.Loop() {
				roundTrip(b, conn)
			}
		})
		b.Run("stream/"+name, func(b *testing.B) {
			conn := hosts.echo(b, from)
			go io.Copy(io.Discard, conn)
			block := make([]byte, 64<<10)
			b.SetBytes(2 * int64(len(block))) // there and back
			for b.Loop() {
				if _, err := conn.Write(block); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("parallel/"+name, func(b *testing.B) {
			const each = 25 // conversations per core
			free := make(chan net.Conn, each*runtime.GOMAXPROCS(0))
			for range cap(free) {
				free <- hosts.echo(b, from)
			}
			b.SetParallelism(each)
			b.RunParallel(func(pb *testing.PB) {
				conn := <-free
				for pb.Next() {
					roundTrip(b, conn)
				}
			})
		})
	}
}

func roundTrip(b *testing.B, conn net.Conn) {
	var small [64]byte
	if _, err := conn.Write(small[:]); err != nil {
		b.Error(err)
	}
	if _, err := io.ReadFull(conn, small[:]); err != nil {
		b.Error(err)
	}
}

// echo connects a host to a server that returns what it receives.
func (hosts *bench) echo(b *testing.B, from sim.HostID) net.Conn {
	l := hosts.listen(b, server1)
	go func() {
		if c, err := l.Accept(); err == nil {
			io.Copy(c, c)
			c.Close()
		}
	}()
	c, err := hosts.dial(b.Context(), from, l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	return c
}
