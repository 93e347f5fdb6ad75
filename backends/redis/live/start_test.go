//go:build linux

package redislive

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

// bareHost is a lab with the host of a server that has not been started.
func bareHost(t *testing.T) (context.Context, *live.Lab, *live.Agent) {
	t.Helper()
	livetest.Need(t)
	livetest.NeedAll(t, MissingServer())
	lab, err := live.NewLab()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(func() {
		cancel()
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	agent, err := lab.AddHost(redis.ServerID)
	if err != nil {
		t.Fatal(err)
	}
	return ctx, lab, agent
}

// startRefused starts the lock service where another process has its port.
func startRefused(ctx context.Context, t *testing.T, lab *live.Lab) {
	t.Helper()
	s := settings(t, "redis")
	err := Backend{}.Start(ctx, lab, s)
	for _, want := range []string{"redis-server on host redis-1", "ended before it answered", "Address already in use"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("Start says nothing of %q: %v", want, err)
		}
	}
}

func TestAPortInUseIsSaidInTheServersOwnWords(t *testing.T) {
	ctx, lab, agent := bareHost(t)
	err := agent.In(func() error {
		l, err := net.Listen("tcp", net.JoinHostPort(agent.Address(), ServerPort))
		if err != nil {
			return err
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				conn.Close()
			}
		}()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	startRefused(ctx, t, lab)
}

func TestAnotherServerAtTheSamePortIsNotTakenForTheOneThatWasStarted(t *testing.T) {
	ctx, lab, agent := bareHost(t)
	program, err := ServerProgram()
	if err != nil {
		t.Fatal(err)
	}
	other, err := agent.Start("another redis-server", []string{program, "--bind", agent.Address(), "--port", ServerPort, "--protected-mode", "no", "--save", ""})
	if err != nil {
		t.Fatal(err)
	}
	if err := AwaitServer(ctx, lab, other); err != nil {
		t.Fatal(err)
	}
	startRefused(ctx, t, lab)
}
