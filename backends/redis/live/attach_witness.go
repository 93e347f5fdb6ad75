//go:build linux

package redislive

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// attachedWitness builds an attached server's part of a history from MONITOR lines and answers to
// GET, which arrive in the order in which the server acted.
type attachedWitness struct {
	key, counter string
	now          func() time.Duration // true time
	record       func(at time.Duration, e sim.Event)
	votes        *witness // turns events of one server among several into votes; nil if it is the only one
	at           time.Duration

	held    string        // the lock's value; "" if not set
	expires time.Duration // latest true time at which its lease ends
	tokens  uint64        // the counter's value
	open    []claim       // SETs not yet known to have had an effect
	script  string        // the value passed to the running script
	drawing *claim        // a SET of the running script, which took effect if a token is drawn next
}

// claim is a SET of the lock's key.
type claim struct {
	value string
	at    time.Duration // true time
	px    time.Duration
}

func newAttachedWitness(spec attachedSpec, now func() time.Duration, record func(time.Duration, sim.Event)) *attachedWitness {
	w := &attachedWitness{key: spec.Prefix + redis.LockKey, counter: spec.Prefix + redis.CounterKey, now: now, record: record}
	if spec.Votes {
		w.votes = newWitness(func(e sim.Event) { w.record(w.at, e) }, spec.Observation)
	}
	return w
}

// commandOf returns the command of a MONITOR line, with its words in quotes. It is "" if a script
// sent the command or if it is no such line.
func commandOf(line string) string {
	_, rest, _ := strings.Cut(line, " [")
	from, command, _ := strings.Cut(rest, "] ")
	if strings.HasSuffix(from, " lua") {
		return ""
	}
	return command
}

// isQuestion reports whether a command is the observer's own question.
func (w *attachedWitness) isQuestion(command string) bool {
	return command == `"GET" `+strconv.Quote(w.key)
}

// line processes a MONITOR line. It returns true if the lock's key has to be queried, because the
// line alone does not show what the command did.
func (w *attachedWitness) line(text string) (ask bool) {
	_, rest, _ := strings.Cut(text, " [")
	from, command, ok := strings.Cut(rest, "] ")
	if !ok || !strings.Contains(command, w.key) { // most lines are about other people's keys
		return false
	}
	words := unquoteAll(command)
	name, inScript := strings.ToLower(words[0]), strings.HasSuffix(from, " lua")
	switch {
	case name == "eval" && len(words) > 3:
		w.begin(words[2:])
	case len(words) < 2:
	case inScript && name == "incr" && words[1] == w.counter && w.drawing != nil:
		w.drawn()
	case words[1] != w.key:
	case name == "set" && len(words) > 2:
		c := claim{value: words[2], at: w.now(), px: leaseOf(words[3:])}
		if !inScript {
			w.open = append(w.open, c)
			return true
		}
		w.drawing = &c
	case name == "pexpire" && inScript && len(words) > 2:
		w.settle(w.script)
		w.expires = w.now() + leaseOf([]string{"px", words[2]})
		w.did(w.now(), sim.Event{Kind: sim.Extended, Grant: w.held})
	case name == "del":
		w.deleted(inScript)
	}
	return false
}

// begin processes a script's own line, which comes before those of its commands and holds the
// number of keys, the keys, and the arguments. The first argument of each of the lock's scripts is
// the value.
func (w *attachedWitness) begin(arguments []string) {
	w.script, w.drawing = "", nil
	if keys, err := strconv.Atoi(arguments[0]); err == nil && len(arguments) > 1+keys {
		w.script = arguments[1+keys]
	}
}

// drawn records that a script has drawn a token, so its SET took effect.
func (w *attachedWitness) drawn() {
	c := *w.drawing
	w.drawing = nil
	w.settle("")
	w.tokens++
	w.take(c, w.tokens)
}

// deleted processes a DEL. In a script it follows a comparison, so the key held the script's value.
func (w *attachedWitness) deleted(inScript bool) {
	switch {
	case inScript:
		w.settle(w.script)
	case len(w.open) > 0 && (w.held == "" || w.now() >= w.expires):
		w.settle(w.open[0].value) // the key was free, so the first SET took it
	default:
		w.settle(w.held)
	}
	if w.held != "" {
		w.did(w.now(), sim.Event{Kind: sim.Freed, Grant: w.held})
	}
	w.held = ""
}

// answer processes the key's value after all lines shown so far.
func (w *attachedWitness) answer(value string) error {
	w.settle(value)
	if w.held != value {
		return fmt.Errorf("the lock's key holds %q, which no SET was seen to put there", value)
	}
	return nil
}

// settle decides which of the SETs so far took effect, now that the key's value is known.
func (w *attachedWitness) settle(value string) {
	var taken *claim
	for _, c := range w.open {
		if c.value == value && w.held != value {
			taken = &c
		}
	}
	w.open = nil
	if w.held != "" && w.held != value {
		at := w.now()
		if taken != nil {
			at = taken.at
		}
		w.gone(at)
	}
	if taken != nil {
		w.take(*taken, 0)
	}
}

// lateness is how long before the end of its lease a key may be seen to be gone and still count as
// expired. The lease is counted from when the observer saw it begin or be extended.
const lateness = 100 * time.Millisecond

// gone records that the key no longer holds the lock although nobody released it.
func (w *attachedWitness) gone(at time.Duration) {
	e := sim.Event{Kind: sim.Expired, Grant: w.held}
	if at < w.expires-lateness {
		e.Kind = sim.Forgotten
	}
	w.held = ""
	w.did(at, e)
}

func (w *attachedWitness) take(c claim, token uint64) {
	w.held, w.expires = c.value, c.at+c.px
	w.did(c.at, sim.Event{Kind: sim.Granted, Grant: c.value, Token: token})
}

func (w *attachedWitness) did(at time.Duration, e sim.Event) {
	if w.votes == nil {
		w.record(at, e)
		return
	}
	w.at = at
	w.votes.did(e)
}

// leaseOf returns the PX option of a SET.
func leaseOf(options []string) time.Duration {
	return time.Duration(deadline(0, options)) * time.Millisecond
}
