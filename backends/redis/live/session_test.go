//go:build linux

package redislive

import (
	"bytes"
	"net"
	"testing"
	"time"
)

func TestWhatConnectingTookIsNotThereForTheAnswer(t *testing.T) {
	const timeout, took = time.Minute, 10 * time.Millisecond
	s, err := connect(timeout, func(left time.Duration) (net.Conn, error) {
		if left > timeout {
			t.Errorf("connecting may take %v of %v", left, timeout)
		}
		time.Sleep(took)
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			for in := make([]byte, 1000); ; {
				n, err := far.Read(in)
				answer := "-ERR unknown command\r\n" // to HELLO, as from an old server
				if bytes.Contains(bytes.ToUpper(in[:n]), []byte("PING")) {
					answer = "+PONG\r\n"
				}
				if _, e := far.Write([]byte(answer)); err != nil || e != nil {
					return
				}
			}
		}()
		return near, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.client.Close()
	if s.conn.timeout > timeout-took {
		t.Errorf("connecting took %v or more of %v, and %v were left for the answer", took, timeout, s.conn.timeout)
	}
}
