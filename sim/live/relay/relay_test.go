//go:build linux

package relay_test

import (
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim/live/livetest"
	"github.com/locklab/locklab/sim/live/relay"
)

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, nil)) }

// outsideServer is a server run by somebody else: it reads until the end, and then answers with
// what it has read.
func outsideServer(t *testing.T) (address string, heard <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	all := make(chan string, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				text, _ := io.ReadAll(c)
				all <- string(text)
				_, _ = io.WriteString(c, "heard "+string(text))
			}()
		}
	}()
	return l.Addr().String(), all
}

func TestARelayCarriesBothWaysAndPassesOnEnds(t *testing.T) {
	livetest.Need(t)
	first, _ := outsideServer(t)
	second, heard := outsideServer(t)
	r, err := relay.New([]string{first, second})
	if err != nil {
		t.Fatal(err)
	}
	if got := <-heard; got != "" { // relay.New has checked that it is there
		t.Errorf("the server heard %q before anything was sent", got)
	}
	conn, err := relay.Dial(t.Context(), relay.Socket(r.Dir(), 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || string(answer) != "heard hello" {
		t.Errorf("the answer was %q (%v), want %q", answer, err, "heard hello")
	}
	if got := <-heard; got != "hello" {
		t.Errorf("the second server heard %q, want hello", got)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// What clients sent before they were killed must not arrive after a server has been cleaned up.
func TestAClosedRelayHasDeliveredWhatWasSent(t *testing.T) {
	livetest.Need(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := relay.New([]string{l.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	socket := relay.Socket(r.Dir(), 0)
	heard, reached := make(chan string, 1), make(chan struct{})
	go func() {
		looked, err := l.Accept() // relay.New checks that it is there
		if err != nil {
			return
		}
		looked.Close()
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		first := make([]byte, 1)
		_, _ = io.ReadFull(c, first)
		close(reached)
		for _, err := os.Stat(socket); err == nil; _, err = os.Stat(socket) {
			time.Sleep(time.Millisecond) // until the relay is being closed
		}
		rest, _ := io.ReadAll(c)
		heard <- string(first) + string(rest)
	}()
	conn, err := relay.Dial(t.Context(), socket)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "t"); err != nil {
		t.Fatal(err)
	}
	<-reached
	if _, err := io.WriteString(conn, "he last command"); err != nil {
		t.Fatal(err)
	}
	conn.Close() // the client was killed
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	select {
	case got := <-heard:
		if got != "the last command" {
			t.Errorf("the server heard %q", got)
		}
	default:
		t.Error("the relay is closed, and the server has not heard everything")
	}
	if _, err := os.Stat(r.Dir()); !os.IsNotExist(err) {
		t.Errorf("the closed relay has left %s (%v)", r.Dir(), err)
	}
}

func TestOnlyTheUserCanUseARelay(t *testing.T) {
	livetest.Need(t)
	address, _ := outsideServer(t)
	r, err := relay.New([]string{address})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	info, err := os.Stat(r.Dir())
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory of the sockets has mode %v (%v), want 0700", info.Mode(), err)
	}
}

func TestARelayToNowhereIsAnErrorAtOnce(t *testing.T) {
	livetest.Need(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	r, err := relay.New([]string{address})
	if err == nil {
		r.Close()
		t.Fatal("a relay was made to where nobody listens")
	}
	if !strings.Contains(err.Error(), address) {
		t.Errorf("the error %q does not say which server cannot be reached", err)
	}
}
