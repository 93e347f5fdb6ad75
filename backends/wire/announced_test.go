//go:build linux

package wire

import (
	"net"
	"sync/atomic"
	"testing"
	"time"
)

func TestNothingIsReadBeforeItHasBeenSaidThatTheRequestIsOnItsWay(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	var said atomic.Bool
	answered := make(chan struct{})
	due := func(request []byte) func() {
		if string(request) != "create" {
			return nil
		}
		return func() {
			<-answered
			time.Sleep(20 * time.Millisecond) // this is the pause
			said.Store(true)
		}
	}
	c := &AnnouncedConn{Conn: client, Due: due}
	go func() {
		c.Write([]byte("another request"))
		c.Write([]byte("create"))
	}()
	go func() {
		request := make([]byte, 100)
		server.Read(request)
		server.Read(request)
		server.Write([]byte("done"))
		close(answered)
	}()
	answer := make([]byte, 100)
	n, err := c.Read(answer)
	if !said.Load() || string(answer[:n]) != "done" || err != nil {
		t.Errorf("read %q, %v; was it said before that the request is on its way: %t", answer[:n], err, said.Load())
	}
}
