//go:build linux

package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/locklab/locklab/sim/live/internal/clock"
	"golang.org/x/sys/unix"
)

// ErrEnded means that the process has ended before it answered.
var ErrEnded = errors.New("the process has ended")

var errNoAnswer = errors.New("it did not tell its clocks in time")

// Conversation is the harness's side of the conversation with a duty's process.
//
// Events go through an inbox to the listener, so that answers to questions are still heard while
// the listener is busy with an event.
type Conversation struct {
	orders    *os.File
	ready     chan struct{} // closed when it is ready
	bye       chan struct{} // closed when it has sent everything
	ended     chan struct{} // closed when the pipe has ended
	over      chan struct{} // closed when the pipe has ended and the listener, if any, has heard everything
	delivered chan struct{} // the same, but never closed without a listener
	garbled   error         // set before over is closed, if it sent something other than a report

	telling sync.Mutex // one order at a time

	asking  sync.Mutex         // one question at a time
	asked   int                // number of questions so far
	answers chan clock.Reading // to the last question, or to one that nobody waits for any more

	hearing sync.Mutex
	news    *sync.Cond   // something below has changed
	inbox   []Report     // events not yet delivered
	listen  func(Report) // nil until somebody listens
}

// New returns a conversation in which orders go down this pipe.
func New(orders *os.File) *Conversation {
	c := &Conversation{
		orders: orders,
		ready:  make(chan struct{}), bye: make(chan struct{}),
		ended: make(chan struct{}), over: make(chan struct{}), delivered: make(chan struct{}),
		answers: make(chan clock.Reading, 1),
	}
	c.news = sync.NewCond(&c.hearing)
	return c
}

// Ready is closed when the process is ready.
func (c *Conversation) Ready() <-chan struct{} { return c.ready }

// Delivered is closed when the process has said everything and the listener has heard it. Without a
// listener it is never closed.
func (c *Conversation) Delivered() <-chan struct{} { return c.delivered }

// SaidBye reports whether the process has said that it has sent everything.
func (c *Conversation) SaidBye() bool { return closed(c.bye) }

// Close waits until the process has said everything and the listener, if any, has heard it, and
// sends no more orders. It fails if the process sent something other than a report.
func (c *Conversation) Close() error {
	<-c.over
	c.orders.Close()
	return c.garbled
}

// Hear reads the process's reports until the end of the pipe.
func (c *Conversation) Hear(reports *os.File, process *os.Process) {
	defer c.end()
	defer reports.Close()
	dec := json.NewDecoder(reports)
	for {
		var r Report
		err := dec.Decode(&r)
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return // the process has ended, perhaps in mid-line
		case err == nil && c.heard(r):
		default:
			c.garbled = fmt.Errorf("it sent what is not a report (%+v, %v); does something else write to file descriptor %d?", r, err, ReportsFd)
			process.Kill() // it cannot be trusted
			return
		}
	}
}

// heard handles a report. It returns false if the report is invalid or not allowed at this
// point.
func (c *Conversation) heard(r Report) bool {
	switch r.Say {
	case Ready:
		if closed(c.ready) {
			return false
		}
		close(c.ready)
	case Bye:
		if closed(c.bye) {
			return false
		}
		close(c.bye)
	case Event, Sending:
		if r.Event == nil {
			return false
		}
		c.take(r)
	case Pulse:
		if r.Beat == nil {
			return false
		}
		c.take(r)
	case Clocks:
		if r.Clocks == nil {
			return false
		}
		select {
		case <-c.answers: // an answer that nobody waited for
		default:
		}
		c.answers <- *r.Clocks
	default:
		return false
	}
	return true
}

func (c *Conversation) take(r Report) {
	c.hearing.Lock()
	defer c.hearing.Unlock()
	c.inbox = append(c.inbox, r)
	c.news.Signal()
}

// end handles the end of the pipe.
func (c *Conversation) end() {
	c.hearing.Lock()
	defer c.hearing.Unlock()
	close(c.ended)
	c.news.Signal()
	if c.listen == nil {
		close(c.over)
	}
}

// ListenWith makes a goroutine of its own call f with all events, from the first one on, one at
// a time.
func (c *Conversation) ListenWith(f func(Report)) {
	c.hearing.Lock()
	defer c.hearing.Unlock()
	if c.listen == nil {
		go c.deliver()
	}
	c.listen = f
}

// nobody is a listener that ignores events.
func nobody(Report) {}

// deliver delivers events until the last one.
func (c *Conversation) deliver() {
	c.hearing.Lock()
	defer c.hearing.Unlock()
	for {
		for len(c.inbox) == 0 && !closed(c.ended) {
			c.news.Wait()
		}
		if len(c.inbox) == 0 {
			close(c.delivered)
			if !closed(c.over) {
				close(c.over)
			}
			c.listen = nobody // so that the listener is not kept alive
			return
		}
		r, f := c.inbox[0], c.listen
		c.inbox = c.inbox[1:]
		c.hearing.Unlock()
		f(r)
		c.hearing.Lock()
	}
}

// Tell sends an order. It is no error if the process has ended: those who wait for its done will
// find out how it ended.
func (c *Conversation) Tell(o Order) error {
	line, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("encode an order: %w", err)
	}
	c.telling.Lock()
	defer c.telling.Unlock()
	_, err = c.orders.Write(append(line, '\n'))
	if errors.Is(err, unix.EPIPE) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// AskClocks asks a duty's process how far its clocks are shifted.
func (c *Conversation) AskClocks(ctx context.Context) (clock.Reading, error) {
	c.asking.Lock()
	defer c.asking.Unlock()
	c.asked++
	if err := c.Tell(Order{Do: TellClocks, Ask: c.asked}); err != nil {
		return clock.Reading{}, err
	}
	for {
		select {
		case r := <-c.answers:
			if r.Ask == c.asked {
				return r, nil
			}
		case <-c.ended:
			return clock.Reading{}, ErrEnded
		case <-ctx.Done():
			return clock.Reading{}, errNoAnswer
		}
	}
}

// closed reports whether a channel that carries no values has been closed.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
