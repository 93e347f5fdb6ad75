package redis

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// Line is a Port to one server whose user opens and counts the connections.
type Line interface {
	ObtainPort
	// Connect opens a connection, as the kernels do: it shows nothing about the server's process.
	// It returns ErrRefused if nobody listens, and otherwise an error that wraps sim.ErrUnknown.
	Connect(timeout time.Duration) error
	// Greet sends the first command over the oldest connection that has carried none. A command of
	// the Port needs a connection that was greeted and has no unanswered command.
	Greet(timeout time.Duration) error
}

// ErrRefused means that nobody listens at a server's address.
var ErrRefused = errors.New("nobody listens there")

// Names of a Pool's options.
const (
	optionPoolDial       = "pool-dial"
	optionPoolRead       = "pool-read"
	optionContextTimeout = "context-timeout"
)

// PoolOptions are the time-outs that users of go-redis can set, with its defaults.
func PoolOptions() []backends.Option {
	return []backends.Option{
		{Name: optionPoolDial, Kind: backends.Duration, Default: "5s", Least: backends.NotZero, Awaited: true,
			Doc: "how long the pool of connections waits for a new one (go-redis: DialTimeout)"},
		{Name: optionPoolRead, Kind: backends.Duration, Default: "5s", Least: backends.NotZero, Awaited: true,
			Doc: "how long it waits for an answer on a connection that is there (go-redis v9.23: ReadTimeout; 3s in earlier versions)"},
		{Name: optionContextTimeout, Kind: backends.Switch, Default: "off",
			Doc: "the lock's own time-outs also hold for answers (go-redis: ContextTimeoutEnabled); off: only for connections"},
	}
}

// ContextHoldsForAnswers reports whether the lock's own time-outs also end the wait for an answer.
func ContextHoldsForAnswers(s backends.Settings) bool { return s.On(optionContextTimeout) }

// Constants of go-redis v9.23 (options.go, init), which no option here changes. Not modelled: once
// as many dials have failed as the pool has places for connections, ten per processor, it fails at
// once and dials once a second by itself.
const (
	maxRetries      = 3
	minRetryBackoff = 10 * time.Millisecond
	maxRetryBackoff = time.Second
	dialerRetries   = 5
	dialerBackoff   = 100 * time.Millisecond
)

// Pool is a Port to one server that behaves as go-redis does with the commands of a lock (redis.go,
// _process; internal/pool/pool.go, queuedNewConn and dialConn). A Port's timeout is here the end of
// the caller's context, and that limits very little:
//
//   - A command takes the most recently used idle connection. If its answer does not come, that
//     costs the pool's own time-out, however soon the context ends.
//   - If there is none, one is dialled in the background, with up to five attempts, and the caller
//     waits no longer than its context. If it has given up by then, the next to ask gets that
//     connection.
//   - A new connection is greeted first, which costs the pool's own time-out as well.
//   - A failed command is tried again up to three times, unless the context has ended.
type Pool struct {
	host sim.Host
	line Line

	dial, read time.Duration
	context    bool // contexts also end the wait for an answer

	idle   int     // connections that were greeted and are not in use
	fresh  int     // connections whose caller gave up, not greeted yet
	wanted []*want // waits for a connection, in order of arrival
}

var _ ObtainPort = (*Pool)(nil)

// want is one wait for a connection.
type want struct {
	over bool       // it has a connection or an error, or has given up
	err  error      // why there is none
	done sim.Signal // fires when it is over
}

// NewPool returns a host's pool of connections on a line that already has one greeted connection:
// the client has been at work for a while.
func NewPool(h sim.Host, line Line, s backends.Settings) *Pool {
	return &Pool{
		host: h, line: line, idle: 1,
		dial: s.Span(optionPoolDial), read: s.Span(optionPoolRead), context: s.On(optionContextTimeout),
	}
}

func (p *Pool) SetNX(key, value string, px, timeout time.Duration) (ok bool, err error) {
	err = p.process(timeout, func(limit time.Duration) error {
		ok, err = p.line.SetNX(key, value, px, limit)
		return err
	})
	return ok, err
}

func (p *Pool) SetNXWithToken(key, counterKey, value string, px, timeout time.Duration) (token uint64, ok bool, err error) {
	err = p.process(timeout, func(limit time.Duration) error {
		token, ok, err = p.line.SetNXWithToken(key, counterKey, value, px, limit)
		return err
	})
	return token, ok, err
}

func (p *Pool) Obtain(key, value string, px, timeout time.Duration) (ok bool, err error) {
	err = p.process(timeout, func(limit time.Duration) error {
		ok, err = p.line.Obtain(key, value, px, limit)
		return err
	})
	return ok, err
}

func (p *Pool) CompareAndDelete(key, value string, timeout time.Duration) (ok bool, err error) {
	err = p.process(timeout, func(limit time.Duration) error {
		ok, err = p.line.CompareAndDelete(key, value, limit)
		return err
	})
	return ok, err
}

func (p *Pool) Delete(key string, timeout time.Duration) (ok bool, err error) {
	err = p.process(timeout, func(limit time.Duration) error {
		ok, err = p.line.Delete(key, limit)
		return err
	})
	return ok, err
}

func (p *Pool) CompareAndExpire(key, value string, px, timeout time.Duration) (ok bool, err error) {
	err = p.process(timeout, func(limit time.Duration) error {
		ok, err = p.line.CompareAndExpire(key, value, px, limit)
		return err
	})
	return ok, err
}

// process sends one command, up to four times (redis.go, processWithRetry).
func (p *Pool) process(timeout time.Duration, command func(limit time.Duration) error) error {
	end := sim.AddCapped(p.host.Now(), timeout)
	var err error
	for attempt := 0; attempt <= maxRetries; attempt++ {
		if attempt > 0 && !p.backOff(attempt, end) {
			return fmt.Errorf("the context has ended: %w", err)
		}
		var again bool
		if again, err = p.connection(end); err != nil {
			if !again {
				return err
			}
			continue
		}
		err = command(p.limit(end))
		if !errors.Is(err, sim.ErrUnknown) { // an answer, be it a refusal
			p.idle++
			return err
		}
	}
	return err
}

// limit returns how long to wait for an answer. go-redis knows the time only to 50 ms, which is not
// modelled.
func (p *Pool) limit(end time.Duration) time.Duration {
	if !p.context {
		return p.read
	}
	return max(min(p.read, end-p.host.Now()), time.Nanosecond)
}

// backOff waits before another attempt; it returns false if the context has ended
// (internal.RetryBackoff and internal.Sleep).
func (p *Pool) backOff(attempt int, end time.Duration) bool {
	pause := sim.Between(p.host, minRetryBackoff, minRetryBackoff+minRetryBackoff<<attempt)
	left := end - p.host.Now()
	p.host.Sleep(max(0, min(pause, maxRetryBackoff, left)))
	return left > pause
}

// connection takes a connection for one command, or makes one. After an error, again reports
// whether the command is tried again (error.go, shouldRetry): after a failed dial, but not after a
// context that has ended or a greeting that was not answered.
func (p *Pool) connection(end time.Duration) (again bool, err error) {
	switch {
	case p.idle > 0:
		p.idle--
		return false, nil
	case p.fresh > 0:
		p.fresh--
	default:
		if again, err := p.newConnection(end); err != nil {
			return again, err
		}
	}
	if err := p.line.Greet(p.limit(end)); err != nil {
		return false, fmt.Errorf("greet: %w", err)
	}
	return false, nil
}

// newConnection starts a dial, and waits for its connection or for another that comes earlier.
func (p *Pool) newConnection(end time.Duration) (again bool, err error) {
	w := &want{done: p.host.NewSignal()}
	p.wanted = append(p.wanted, w)
	p.host.Go("dial", func(sim.Host) { p.dialFor(w) })
	inTime := w.done.Wait(end - p.host.Now())
	p.wanted = slices.DeleteFunc(p.wanted, func(each *want) bool { return each == w })
	if !inTime {
		w.over = true
		return false, fmt.Errorf("the context has ended before there was a connection: %w", sim.ErrUnknown)
	}
	return true, w.err
}

// dialFor dials until there is a connection, five times at most. The connection goes to the first
// in the queue, or is kept for the next command.
func (p *Pool) dialFor(w *want) {
	var err error
	for i := range dialerRetries {
		if i > 0 {
			p.host.Sleep(dialerBackoff)
		}
		if err = p.line.Connect(p.dial); err == nil {
			break
		}
	}
	if err != nil {
		w.end(fmt.Errorf("dial: %w (%v)", sim.ErrUnknown, err))
		return
	}
	if !w.over {
		w.end(nil)
		return
	}
	for _, next := range p.wanted {
		if !next.over {
			next.end(nil)
			return
		}
	}
	p.fresh++
}

func (w *want) end(err error) {
	if !w.over {
		w.over, w.err = true, err
		w.done.Fire()
	}
}
