//go:build linux

package redislive

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim/live"
)

// The observer of an attached server must not enable keyspace events, because they are a setting of
// that server. It has only MONITOR lines, which do not say whether a SET NX had any effect. So it
// asks: after each SET of the lock's key it sends GET over a second connection. No client sends
// GET, so the position of a GET line among the others shows when the server answered it, and the
// answer shows what the preceding lines led to. An expiry becomes visible at the next question,
// which comes every pollPeriod.

const attachedDuty = "redis-attached-observer"

// attachedSpec tells the observer of an attached server what to look at.
type attachedSpec struct {
	Network, Address string
	Prefix           string // of the keys' names
	Observation
}

// attachedObserver holds the observer's two connections and interprets what they deliver.
type attachedObserver struct {
	lines, answers *stream
	ask, end       string // GET of the lock's key; the last command sent
	over           string // the beginning of the line that the server shows for end
	recorder       *attachedRecorder
}

func observeAttached(h *live.Host, orders json.RawMessage) error {
	var spec attachedSpec
	if err := json.Unmarshal(orders, &spec); err != nil {
		return fmt.Errorf("read the observer's orders: %w", err)
	}
	stopped := h.Stopped()
	var o *attachedObserver
	var err error
	h.Outside(func() { o, err = openAttached(spec, newAttachedRecorder(spec, h.TrueTime, h.RecordAt)) })
	if err != nil {
		return fmt.Errorf("observe the attached redis: %w", err)
	}
	defer o.close()
	h.Ready()
	h.AwaitStart()
	h.Outside(func() {
		go o.poll(stopped)
		err = o.follow()
	})
	if errors.Is(err, io.EOF) {
		return errors.New("observe the attached redis: it has hung up; has it been restarted, or is another server the master now?")
	}
	if err != nil {
		return fmt.Errorf("observe the attached redis: %w", err)
	}
	return nil
}

// openAttached connects, and returns once the server shows every command that it executes.
func openAttached(spec attachedSpec, w *attachedRecorder) (*attachedObserver, error) {
	o := &attachedObserver{
		ask: "GET " + spec.Prefix + redis.LockKey + "\r\n", end: "ECHO " + spec.Prefix + "end\r\n",
		over: `"ECHO" ` + strconv.Quote(spec.Prefix+"end"), recorder: w,
	}
	for _, s := range []**stream{&o.lines, &o.answers} {
		conn, err := net.DialTimeout(spec.Network, spec.Address, connectLimit)
		if err != nil {
			o.close()
			return nil, err
		}
		*s = &stream{conn: conn, input: bufio.NewReader(conn)}
	}
	if err := o.greet(spec.Prefix + redis.CounterKey); err != nil {
		o.close()
		return nil, fmt.Errorf("%w (it must allow MONITOR)", err)
	}
	return o, nil
}

func (o *attachedObserver) close() {
	for _, s := range []*stream{o.lines, o.answers} {
		if s != nil {
			s.conn.Close()
		}
	}
}

// greet makes the server show its commands, and asks for the state before that.
func (o *attachedObserver) greet(counter string) error {
	held, err := o.answers.question(o.ask)
	if err != nil {
		return err
	}
	if held.text != "" {
		return fmt.Errorf("the lock is already held, with the value %q", held.text)
	}
	count, err := o.answers.question("GET " + counter + "\r\n")
	if err != nil {
		return err
	}
	if count.text != "" {
		if o.recorder.tokens, err = strconv.ParseUint(count.text, 10, 64); err != nil {
			return fmt.Errorf("read the counter of tokens: %w", err)
		}
	}
	_, err = o.lines.question("MONITOR\r\n")
	return err
}

// question sends a command and waits for its answer.
func (s *stream) question(command string) (value, error) {
	if err := s.conn.SetDeadline(time.Now().Add(connectLimit)); err != nil {
		return value{}, err
	}
	if _, err := s.conn.Write([]byte(command)); err != nil {
		return value{}, err
	}
	v, err := readValue(s.input)
	if err != nil {
		return value{}, err
	}
	return v, s.conn.SetDeadline(time.Time{})
}

// poll asks for the value of the lock's key, one last time when the trial ends. If it cannot,
// follow finds out.
func (o *attachedObserver) poll(stopped <-chan struct{}) {
	tick := time.NewTicker(pollPeriod)
	defer tick.Stop()
	for {
		select {
		case <-stopped:
			_ = o.lines.conn.SetReadDeadline(time.Now().Add(connectLimit))
			_, _ = o.answers.conn.Write([]byte(o.ask + o.end))
			return
		case <-tick.C:
			_, _ = o.answers.conn.Write([]byte(o.ask))
		}
	}
}

// follow passes each line to the recorder until it sees the last command's.
func (o *attachedObserver) follow() error {
	for {
		v, err := readValue(o.lines.input)
		if err != nil {
			return err
		}
		command := commandOf(v.text)
		switch {
		case command == o.over:
			return nil
		case o.recorder.isQuestion(command):
			answer, err := readValue(o.answers.input)
			if err != nil {
				return err
			}
			if err := o.recorder.answer(answer.text); err != nil {
				return err
			}
		case o.recorder.line(v.text):
			if _, err := o.answers.conn.Write([]byte(o.ask)); err != nil {
				return err
			}
		}
	}
}
