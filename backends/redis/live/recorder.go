//go:build linux

package redislive

import (
	"net"
	"strconv"
	"strings"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// For servers that copy each other (Observation.Copies), an observer records NodeGranted when a
// copy has the lock's key, and NodeEnded when a server, master or not, no longer has it although
// the lock was not ended at this server. Such an event says Expired if the key's time was up, and
// Forgotten if it was not. It says neither if the master deleted the key or the server no longer
// answers. These are the notes for readers:
const (
	noteCopied  = "copied"
	noteDeleted = "deleted"
	noteDown    = "down"
)

// recorder builds the server's part of a history from keyspace events and MONITOR lines.
type recorder struct {
	Observation
	record  func(sim.Event)
	clients []client

	asker sim.HostID // who sent the last command outside a script; "" if none of the clients

	held    string // the lock's value; "" if not set
	expires int64  // when it expires by the server's wall clock, Unix time in ms
	tokens  uint64 // the counter's value

	pending string          // a keyspace event of the lock's key whose command is in the next line
	script  bool            // the lock was granted by a script, and its token is still to come
	known   map[string]bool // all values ever seen

	asked   int64 // when a poll looked, Unix time in ms by the server's wall clock; 0 means never
	changed bool  // an event of the lock's key has come since then
}

func newRecorder(record func(sim.Event), o Observation) *recorder {
	return &recorder{Observation: o, record: record, known: map[string]bool{}}
}

// event processes a message on a channel such as "__keyevent@0__:set".
func (rec *recorder) event(channel, key string) {
	_, what, _ := strings.Cut(channel, ":")
	switch {
	case key == redis.CounterKey && what == "incrby":
		rec.tokens++
		if rec.script {
			rec.script = false
			rec.did(sim.Event{Kind: sim.Granted, Grant: rec.held, Token: rec.tokens})
		}
	case key != redis.LockKey:
		return
	case what == "expired":
		rec.did(sim.Event{Kind: sim.Expired, Grant: rec.held})
		rec.held = ""
	case what == "expire" && rec.pending == "set": // SET … PX also causes one
	case what == "set" || what == "expire" || what == "del":
		rec.pending = what
	}
	rec.changed = rec.changed || key == redis.LockKey
}

// line processes a MONITOR line: time [database client] "command" "argument" …
func (rec *recorder) line(text string) {
	clock, rest, _ := strings.Cut(text, " [")
	from, command, ok := strings.Cut(rest, "] ")
	words := unquoteAll(command)
	if !ok || len(words) < 2 {
		return
	}
	now := milliseconds(clock)
	if !inScript(from) { // a script's own line comes before those of its commands
		rec.asker = rec.clientAt(from)
	}
	if words[1] != redis.LockKey {
		if found, is := readFound(words[1]); is {
			rec.compare(found)
		}
		return
	}
	// A replica connects to its master's port; clients have other ports.
	copied := rec.Copies && strings.HasSuffix(from, ":"+ServerPort)
	name, pending := strings.ToLower(words[0]), rec.pending
	switch {
	case pending == "set" && name == "set" && len(words) > 2:
		rec.set(words[2], deadline(now, words[3:]), copied, inScript(from))
	case pending == "expire" && strings.HasPrefix(name, "pexpire") && len(words) > 2:
		rec.expires = deadline(now, []string{strings.Replace(name, "pexpire", "px", 1), words[2]})
		if !copied {
			rec.did(sim.Event{Kind: sim.Extended, Grant: rec.held})
		}
	case pending == "del" && (name == "del" || name == "unlink"):
		rec.deleted(copied)
	case name == pollName:
		rec.asked, rec.changed = now, false
		return
	default:
		return
	}
	rec.pending = ""
}

func (rec *recorder) set(value string, expires int64, copied, script bool) {
	again := rec.held == value
	rec.held, rec.expires, rec.known[value] = value, expires, true
	switch {
	case copied:
		rec.record(sim.Event{Kind: sim.NodeGranted, Grant: value, Note: noteCopied})
	case script && rec.Tokens:
		rec.script = true
	case again: // see redis.ObtainScript
		rec.did(sim.Event{Kind: sim.Extended, Grant: value})
	default:
		rec.did(sim.Event{Kind: sim.Granted, Grant: value})
	}
}

func (rec *recorder) deleted(copied bool) {
	switch {
	case rec.held == "":
	case copied:
		rec.record(sim.Event{Kind: sim.NodeEnded, Grant: rec.held, Note: noteDeleted})
	default:
		rec.did(sim.Event{Kind: sim.Freed, Grant: rec.held, Client: rec.asker})
	}
	rec.held = ""
}

// inScript reports whether a MONITOR line's "database client" names a script.
func inScript(from string) bool { return strings.HasSuffix(from, " lua") }

// clientAt returns the client of a MONITOR line's "database address:port", or "" if it is none of
// the trial's.
func (rec *recorder) clientAt(from string) sim.HostID {
	_, address, _ := strings.Cut(from, " ")
	ip, _, err := net.SplitHostPort(address)
	if err != nil {
		return "" // a Unix socket, as the harness and tests use
	}
	for _, c := range rec.clients {
		if c.Address == ip {
			return c.Host
		}
	}
	return ""
}

// did records what the server did to the lock.
func (rec *recorder) did(e sim.Event) {
	if rec.Votes {
		switch e.Kind {
		case sim.Granted:
			e = sim.Event{Kind: sim.NodeGranted, Grant: e.Grant}
		case sim.Extended:
			e = sim.Event{Kind: sim.NodeExtended, Grant: e.Grant}
		default:
			e = sim.Event{Kind: sim.NodeEnded, Grant: e.Grant, Client: e.Client, Ended: e.Kind}
		}
	}
	rec.record(e)
}

// resume compares what the server knew when the observer last saw it with what it knows now. If a
// released lock is back because its release was not on the disk, that is a grant to nobody and not
// recorded. A lock that was never seen was granted before the observer was back.
func (rec *recorder) resume(now present) {
	rec.tokens, rec.pending, rec.script, rec.asked = now.tokens, "", false, 0
	if rec.held != "" && rec.held != now.value {
		rec.gone(now.clock)
	}
	if now.value == "" {
		return
	}
	fresh := !rec.known[now.value]
	rec.held, rec.expires, rec.known[now.value] = now.value, now.expires, true
	switch {
	case !now.master:
		rec.record(sim.Event{Kind: sim.NodeGranted, Grant: now.value, Note: noteCopied})
	case fresh:
		e := sim.Event{Kind: sim.Granted, Grant: now.value}
		if rec.Tokens {
			e.Token = now.tokens
		}
		rec.did(e)
	case rec.Copies: // the server was a master that was down, or was a replica until now
		rec.record(sim.Event{Kind: sim.NodeGranted, Grant: now.value, Note: noteCopied})
	}
}

// gone records that the server no longer knows the lock.
func (rec *recorder) gone(now int64) {
	e := sim.Event{Kind: sim.Forgotten, Grant: rec.held}
	if now > rec.expires {
		e.Kind = sim.Expired
	}
	rec.held = ""
	if rec.Copies { // others may still know it
		e.Kind, e.Ended = sim.NodeEnded, e.Kind
		rec.record(e)
		return
	}
	rec.did(e)
}

// serverDown records that the server no longer answers.
func (rec *recorder) serverDown() {
	if rec.Copies && rec.held != "" {
		rec.record(sim.Event{Kind: sim.NodeEnded, Grant: rec.held, Note: noteDown})
	}
}

// compare checks whether the lock's key differs from what the events said; if so, a full
// resynchronisation has replaced it. A replica does not show a key that has expired by its own
// clock, but keeps it until the master deletes it.
func (rec *recorder) compare(f found) {
	now := rec.asked
	if now == 0 || rec.changed || f.value == rec.held || f.value == "" && now >= rec.expires {
		return
	}
	if rec.held != "" {
		rec.gone(now)
	}
	if f.value != "" {
		rec.set(f.value, now+f.lifetime, true, false)
	}
}

// milliseconds parses a MONITOR line's time, "1700000000.123456".
func milliseconds(clock string) int64 {
	seconds, fraction, _ := strings.Cut(clock, ".")
	s, _ := strconv.ParseInt(seconds, 10, 64)
	us, _ := strconv.ParseInt(fraction, 10, 64)
	return 1000*s + us/1000
}

// deadline parses the expiry from the options of a SET or of something similar: PX and EX count
// from now, PXAT is absolute.
func deadline(now int64, options []string) int64 {
	for i := 0; i+1 < len(options); i++ {
		n, err := strconv.ParseInt(options[i+1], 10, 64)
		if err != nil {
			continue
		}
		switch strings.ToLower(options[i]) {
		case "px":
			return now + n
		case "ex": // in seconds
			return now + 1000*n
		case "pxat":
			return n
		}
	}
	return 0
}

// unquoteAll splits a line of quoted words; it stops at the first word that it cannot parse.
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
