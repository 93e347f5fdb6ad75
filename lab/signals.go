package lab

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/locklab/locklab/reports/files"
)

// untilStopped gives a context that ends when the command is told to stop, by SIGINT or SIGTERM.
// A SIGINT that whoever started the command has it ignore stays ignored: a shell does so for
// what a script starts with "&", so that Ctrl-C is for the script. SIGTERM stops it there.
// After the first signal, a second one does what it does to any program: it ends it at once.
func untilStopped(ctx context.Context) (context.Context, context.CancelFunc) {
	stops := []os.Signal{syscall.SIGTERM}
	if !signal.Ignored(os.Interrupt) {
		stops = append(stops, os.Interrupt)
	}
	ctx, stop := signal.NotifyContext(ctx, stops...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// nothingToSave has Ctrl-C and SIGTERM end the program at once: all that is left is printing.
func nothingToSave() { signal.Reset(os.Interrupt, syscall.SIGTERM) }

// grace is how long what was interrupted may take to notice.
const grace = 250 * time.Millisecond

// unlessInterrupted does something that writes nothing but whole files, and can be left where
// it stands when the context ends: the program ends soon after. Then the error is that of the
// context.
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
