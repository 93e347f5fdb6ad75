//go:build linux

package live

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// askAgain is how long Await waits between two questions.
const askAgain = 10 * time.Millisecond

type noUse struct{ error }

// NoUse makes an error of err after which Await does not ask again.
func NoUse(err error) error { return noUse{err} }

// Await asks a server, by calling f, until f says nil. It fails when one of these processes
// has ended, which must not, with the end of what it printed; when f says NoUse; or when ctx
// has ended, with f's last answer. what stands before the error: "start etcd".
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
