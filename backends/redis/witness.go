//go:build linux

package redis

import (
	"strconv"
	"strings"

	"github.com/locklab/locklab/sim"
)

// witness makes the server's part of a history out of keyspace events and MONITOR lines.
type witness struct {
	record func(sim.Event)
	held   string // the lock's value; empty: not set
	set    bool   // the lock was set, its value is in the line that follows
	script bool   // …and the grant is complete only with its token
	tokens uint64 // what the counter shows
}

func newWitness(record func(sim.Event)) *witness { return &witness{record: record} }

// event takes note of a message on a channel such as "__keyevent@0__:set".
func (w *witness) event(channel, key string) {
	_, what, _ := strings.Cut(channel, ":")
	switch {
	case key == CounterKey && what == "incrby":
		w.tokens++
		if w.script {
			w.script = false
			w.record(sim.Event{Kind: sim.Granted, Grant: w.held, Token: w.tokens})
		}
	case key != LockKey:
	case what == "set":
		w.set = true
	case what == "expire" && !w.set: // SET … PX is followed by one, too
		w.record(sim.Event{Kind: sim.Extended, Grant: w.held})
	case what == "expired":
		w.record(sim.Event{Kind: sim.Expired, Grant: w.held})
		w.held = ""
	case what == "del":
		w.record(sim.Event{Kind: sim.Freed, Grant: w.held})
		w.held = ""
	}
}

// line takes note of a MONITOR line: time [database client] "command" "argument" …
func (w *witness) line(text string) {
	_, rest, _ := strings.Cut(text, "[")
	from, command, ok := strings.Cut(rest, "] ")
	if !ok || !w.set {
		return
	}
	words := unquoteAll(command)
	if len(words) < 3 || !strings.EqualFold(words[0], "set") || words[1] != LockKey {
		return
	}
	w.set, w.held = false, words[2]
	if w.script = strings.HasSuffix(from, " lua"); !w.script {
		w.record(sim.Event{Kind: sim.Granted, Grant: w.held})
	}
}

// unquoteAll splits a line of quoted words; it stops at what it cannot read.
func unquoteAll(line string) []string {
	var words []string
	for {
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return words
		}
		word, err := strconv.Unquote(quoted)
		if err != nil {
			return words
		}
		words = append(words, word)
		line = strings.TrimPrefix(line[len(quoted):], " ")
	}
}
