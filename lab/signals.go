package lab

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/locklab/locklab/reports/files"
)

// untilStopped returns a context that ends when SIGINT or SIGTERM tells the command to stop. A
// SIGINT that was ignored when the command started stays ignored: a shell does so for a script's
// "&" commands, so that Ctrl-C only concerns the script. SIGTERM still stops those. After the first
// signal, a second one has its usual effect and ends the program at once.
func untilStopped(ctx context.Context) (context.Context, context.CancelFunc) {
	stops := []os.Signal{syscall.SIGTERM}
	if !signal.Ignored(os.Interrupt) {
		stops = append(stops, os.Interrupt)
	}
	ctx, stop := signal.NotifyContext(ctx, stops...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// nothingToSave lets Ctrl-C and SIGTERM end the program at once: only printing is left.
func nothingToSave() { signal.Reset(os.Interrupt, syscall.SIGTERM) }

// grace is how long interrupted work may take to notice.
const grace = 250 * time.Millisecond

// unlessInterrupted calls do, which must write only whole files so that it can be abandoned when
// the context ends: the program ends soon after. The error is then the cause of the context.
func unlessInterrupted(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(grace):
		files.Abandon()
		return context.Cause(ctx)
	}
}
