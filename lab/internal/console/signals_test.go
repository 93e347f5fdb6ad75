package console

import (
	"context"
	"errors"
	"testing"
)

// TestNothingIsDeafToAnInterruption checks that work that ignores its context is abandoned.
func TestNothingIsDeafToAnInterruption(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	begun, never := make(chan struct{}), make(chan struct{})
	go func() {
		<-begun
		cancel()
	}()
	err := UnlessInterrupted(ctx, func() error {
		close(begun)
		<-never
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(never)
}

// TestWhatNoticesAnInterruptionHasTheLastWord checks that the result of work that notices in time
// counts: it may have finished.
func TestWhatNoticesAnInterruptionHasTheLastWord(t *testing.T) {
	for _, want := range []error{nil, errors.New("no more room")} {
		ctx, cancel := context.WithCancel(t.Context())
		err := UnlessInterrupted(ctx, func() error {
			cancel()
			<-ctx.Done()
			return want
		})
		if err != want {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}
