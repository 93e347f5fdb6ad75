//go:build linux

package wire

import (
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/livetest"
)

const patience = 10 * time.Second

// serveOn runs a service for the length of the test and returns its address and the error that
// ended it.
func serveOn(t *testing.T, answer func(h *realtime.Host, from sim.HostID, request string) (string, error)) (address string, ended chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended = make(chan error, 1)
	go realtime.Run("server", func(h *realtime.Host) {
		ended <- Serve(h, l, func(from sim.HostID, request string) (string, error) { return answer(h, from, request) })
	})
	t.Cleanup(func() { l.Close() })
	return l.Addr().String(), ended
}

func ask(c *Client[string, string], request string, timeout time.Duration) (string, error) {
	call, err := c.Send(request, timeout)
	if err != nil {
		return "", err
	}
	return call.Wait(timeout)
}

func TestEveryRequestGetsItsOwnAnswer(t *testing.T) {
	address, _ := serveOn(t, func(_ *realtime.Host, from sim.HostID, request string) (string, error) {
		return string(from) + " said " + request, nil
	})
	realtime.Run("client-1", func(h *realtime.Host) {
		c, err := NewClient[string, string](h, address, patience)
		if err != nil {
			t.Fatal(err)
		}
		for _, request := range []string{"one", "two\nlines", ""} {
			if got, err := ask(c, request, patience); err != nil || got != "client-1 said "+request {
				t.Errorf("%q was answered with %q, %v", request, got, err)
			}
		}
		if len(c.idle) != 1 {
			t.Errorf("%d connections for requests one after the other, expected one", len(c.idle))
		}
	})
}

func TestAServiceAnswersOneRequestAtATime(t *testing.T) {
	busy := 0
	address, _ := serveOn(t, func(*realtime.Host, sim.HostID, string) (string, error) {
		busy++ // without a lock: the race detector would notice, too
		defer func() { busy-- }()
		if busy > 1 {
			return "", errors.New("two requests at once")
		}
		return "ok", nil
	})
	done := make(chan error)
	for range 4 {
		go realtime.Run("client-1", func(h *realtime.Host) {
			c, err := NewClient[string, string](h, address, patience)
			for range 50 {
				if err == nil {
					_, err = ask(c, "go", patience)
				}
			}
			done <- err
		})
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestAnAnswerThatComesTooLateIsAnUnknownOutcomeAndBelongsToNobody(t *testing.T) {
	var carriedOut []string
	release := make(chan struct{})
	address, _ := serveOn(t, func(h *realtime.Host, _ sim.HostID, request string) (string, error) {
		if request == "slow" {
			h.Outside(func() { <-release })
		}
		carriedOut = append(carriedOut, request)
		return strings.Join(carriedOut, " "), nil
	})
	realtime.Run("client-1", func(h *realtime.Host) {
		c, err := NewClient[string, string](h, address, patience)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ask(c, "slow", 20*time.Millisecond); !errors.Is(err, sim.ErrUnknown) {
			t.Fatalf("answered %q, %v; expected sim.ErrUnknown", got, err)
		}
		close(release)
		// Its answer is not taken for another's.
		livetest.Eventually(t, "the request that timed out is carried out all the same", func() bool {
			got, err := ask(c, "next", patience)
			if err != nil {
				t.Fatal(err)
			}
			return slices.Contains(strings.Fields(got), "slow")
		})
	})
}

func TestAServiceThatFailsSaysWhy(t *testing.T) {
	broken := errors.New("the disk is full")
	address, ended := serveOn(t, func(*realtime.Host, sim.HostID, string) (string, error) { return "", broken })
	realtime.Run("client-1", func(h *realtime.Host) {
		c, err := NewClient[string, string](h, address, patience)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ask(c, "go", patience); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("answered %q, %v; expected sim.ErrUnknown", got, err)
		}
	})
	if err := <-ended; !errors.Is(err, broken) {
		t.Errorf("the service ended with %v", err)
	}
}

func TestNobodyThereIsAnUnknownOutcome(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	realtime.Run("client-1", func(h *realtime.Host) {
		if _, err := NewClient[string, string](h, address, patience); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("connecting: %v", err)
		}
	})
}
