// Package console is what the commands have in common at the console: how flags and arguments are
// checked, how a command says how far it is and how wide and colourful its results are, and how it is
// interrupted.
package console

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/locklab/locklab/reports/files"
)

// UntilStopped returns a context that ends when SIGINT or SIGTERM tells the command to stop. A
// SIGINT that was ignored when the command started stays ignored: a shell does so for a script's
// "&" commands, so that Ctrl-C only concerns the script. SIGTERM still stops those. After the first
// signal, a second one has its usual effect and ends the program at once.
func UntilStopped(ctx context.Context) (context.Context, context.CancelFunc) {
	stops := []os.Signal{syscall.SIGTERM}
	if !signal.Ignored(os.Interrupt) {
		stops = append(stops, os.Interrupt)
	}
	ctx, stop := signal.NotifyContext(ctx, stops...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// NothingToSave lets Ctrl-C and SIGTERM end the program at once: only printing is left.
func NothingToSave() { signal.Reset(os.Interrupt, syscall.SIGTERM) }

// grace is how long interrupted work may take to notice.
const grace = 250 * time.Millisecond

// UnlessInterrupted calls do, which must write only whole files so that it can be abandoned when
// the context ends: the program ends soon after. The error is then the cause of the context.
func UnlessInterrupted(ctx context.Context, do func() error) error {
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
