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

// attachedRecorder builds an attached server's part of a history from MONITOR lines and answers to
// GET, which arrive in the order in which the server acted.
type attachedRecorder struct {
	key, counter string
	now          func() time.Duration // true time
	record       func(at time.Duration, e sim.Event)
	votes        *recorder // turns events of one server among several into votes; nil if it is the only one
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

func newAttachedRecorder(spec attachedSpec, now func() time.Duration, record func(time.Duration, sim.Event)) *attachedRecorder {
	rec := &attachedRecorder{key: spec.Prefix + redis.LockKey, counter: spec.Prefix + redis.CounterKey, now: now, record: record}
	if spec.Votes {
		rec.votes = newRecorder(func(e sim.Event) { rec.record(rec.at, e) }, spec.Observation)
	}
	return rec
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
func (rec *attachedRecorder) isQuestion(command string) bool {
	return command == `"GET" `+strconv.Quote(rec.key)
}

// line processes a MONITOR line. It returns true if the lock's key has to be queried, because the
// line alone does not show what the command did.
func (rec *attachedRecorder) line(text string) (ask bool) {
	_, rest, _ := strings.Cut(text, " [")
	from, command, ok := strings.Cut(rest, "] ")
	if !ok || !strings.Contains(command, rec.key) { // most lines are about other people's keys
		return false
	}
	words := unquoteAll(command)
	name, inScript := strings.ToLower(words[0]), strings.HasSuffix(from, " lua")
	switch {
	case name == "eval" && len(words) > 3:
		rec.begin(words[2:])
	case len(words) < 2:
	case inScript && name == "incr" && words[1] == rec.counter && rec.drawing != nil:
		rec.drawn()
	case words[1] != rec.key:
	case name == "set" && len(words) > 2:
		c := claim{value: words[2], at: rec.now(), px: leaseOf(words[3:])}
		if !inScript {
			rec.open = append(rec.open, c)
			return true
		}
		rec.drawing = &c
	case name == "pexpire" && inScript && len(words) > 2:
		rec.settle(rec.script)
		rec.expires = rec.now() + leaseOf([]string{"px", words[2]})
		rec.did(rec.now(), sim.Event{Kind: sim.Extended, Grant: rec.held})
	case name == "del":
		rec.deleted(inScript)
	}
	return false
}

// begin processes a script's own line, which comes before those of its commands and holds the
// number of keys, the keys, and the arguments. The first argument of each of the lock's scripts is
// the value.
func (rec *attachedRecorder) begin(arguments []string) {
	rec.script, rec.drawing = "", nil
	if keys, err := strconv.Atoi(arguments[0]); err == nil && len(arguments) > 1+keys {
		rec.script = arguments[1+keys]
	}
}

// drawn records that a script has drawn a token, so its SET took effect.
func (rec *attachedRecorder) drawn() {
	c := *rec.drawing
	rec.drawing = nil
	rec.settle("")
	rec.tokens++
	rec.take(c, rec.tokens)
}

// deleted processes a DEL. In a script it follows a comparison, so the key held the script's value.
func (rec *attachedRecorder) deleted(inScript bool) {
	switch {
	case inScript:
		rec.settle(rec.script)
	case len(rec.open) > 0 && (rec.held == "" || rec.now() >= rec.expires):
		rec.settle(rec.open[0].value) // the key was free, so the first SET took it
	default:
		rec.settle(rec.held)
	}
	if rec.held != "" {
		rec.did(rec.now(), sim.Event{Kind: sim.Freed, Grant: rec.held})
	}
	rec.held = ""
}

// answer processes the key's value after all lines shown so far.
func (rec *attachedRecorder) answer(value string) error {
	rec.settle(value)
	if rec.held != value {
		return fmt.Errorf("the lock's key holds %q, which no SET was seen to put there", value)
	}
	return nil
}

// settle decides which of the SETs so far took effect, now that the key's value is known.
func (rec *attachedRecorder) settle(value string) {
	var taken *claim
	for _, c := range rec.open {
		if c.value == value && rec.held != value {
			taken = &c
		}
	}
	rec.open = nil
	if rec.held != "" && rec.held != value {
		at := rec.now()
		if taken != nil {
			at = taken.at
		}
		rec.gone(at)
	}
	if taken != nil {
		rec.take(*taken, 0)
	}
}

// lateness is how long before the end of its lease a key may be seen to be gone and still count as
// expired. The lease is counted from when the observer saw it begin or be extended.
const lateness = 100 * time.Millisecond

// gone records that the key no longer holds the lock although nobody released it.
func (rec *attachedRecorder) gone(at time.Duration) {
	e := sim.Event{Kind: sim.Expired, Grant: rec.held}
	if at < rec.expires-lateness {
		e.Kind = sim.Forgotten
	}
	rec.held = ""
	rec.did(at, e)
}

func (rec *attachedRecorder) take(c claim, token uint64) {
	rec.held, rec.expires = c.value, c.at+c.px
	rec.did(c.at, sim.Event{Kind: sim.Granted, Grant: c.value, Token: token})
}

func (rec *attachedRecorder) did(at time.Duration, e sim.Event) {
	if rec.votes == nil {
		rec.record(at, e)
		return
	}
	rec.at = at
	rec.votes.did(e)
}

// leaseOf returns the PX option of a SET.
func leaseOf(options []string) time.Duration {
	return time.Duration(deadline(0, options)) * time.Millisecond
}
