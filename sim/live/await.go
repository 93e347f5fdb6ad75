//go:build linux

package live

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// askAgain is the pause between two attempts of Await.
const askAgain = 10 * time.Millisecond

type noUse struct{ error }

// NoUse wraps err to tell Await that trying again is useless.
func NoUse(err error) error { return noUse{err} }

// Await calls f, which asks a server something, until f returns nil. It fails if one of the
// processes has ended, quoting the end of its output; if f returns NoUse; or if ctx has ended,
// with f's last error. what precedes the error: "start etcd".
func Await(ctx context.Context, what string, processes []*Proc, f func() error) error {
	for {
		err := f()
		if err == nil {
			return nil
		}
		if end, ok := errors.AsType[noUse](err); ok {
			return fmt.Errorf("%s: %w", what, end.error)
		}
		for _, p := range processes {
			if closed(p.done) {
				return fmt.Errorf("%s ended before it answered; it printed:\n%s", p, p.lastWords())
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w (last: %w)", what, context.Cause(ctx), err)
		case <-time.After(askAgain):
		}
	}
}
