//go:build linux

package live_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim/live"
)

func TestAwaitAsksUntilTheAnswerIsYes(t *testing.T) {
	asked := 0
	err := live.Await(t.Context(), "start it", nil, func() error {
		if asked++; asked < 3 {
			return errors.New("not yet")
		}
		return nil
	})
	if err != nil || asked != 3 {
		t.Errorf("asked %d times, %v", asked, err)
	}
}

func TestAwaitSaysWhyItGaveUp(t *testing.T) {
	down := errors.New("the host is down")
	asked := 0
	err := live.Await(t.Context(), "reset it", nil, func() error { asked++; return live.NoUse(down) })
	if !errors.Is(err, down) || err.Error() != "reset it: the host is down" || asked != 1 {
		t.Errorf("of no use: asked %d times, %v", asked, err)
	}

	late := errors.New("it took longer than 30ms")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 30*time.Millisecond, late)
	defer cancel()
	refused := errors.New("connection refused")
	err = live.Await(ctx, "start it", nil, func() error { return refused })
	if !errors.Is(err, late) || !errors.Is(err, refused) {
		t.Errorf("too late: %v", err)
	}
}

func TestAwaitEndsWithAProcessAndItsLastLines(t *testing.T) {
	lab := newLab(t, "server-1")
	p, err := lab.Agent("server-1").Start("server", []string{"sh", "-c", "echo no space left; exit 1"})
	if err != nil {
		t.Fatal(err)
	}
	err = live.Await(t.Context(), "start it", []*live.Proc{p}, func() error { return errors.New("connection refused") })
	if err == nil || !strings.Contains(err.Error(), "ended before it answered") || !strings.Contains(err.Error(), "no space left") {
		t.Error(err)
	}
}
