package historytest

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// Transcript parses a history written for people: one event per line, "TIME HOST KIND", followed
// by fields as name=value. "-" stands for the world itself, and "_" in a value for a space. A
// line that starts with "|" sets the header: "| faults=pause_client-1 world=live". A line that
// starts with ">" is a message: "> SENT FROM TO", followed by fields such as arrived=TIME.
func Transcript(t testing.TB, text string) *sim.History {
	t.Helper()
	h := &sim.History{Header: sim.Header{
		Format: sim.Format, World: "virtual", TTL: 10 * time.Second,
		Clients: []sim.HostID{"client-1", "client-2", "client-3"}, Ledger: "ledger", Servers: []sim.HostID{"lock"},
	}}
	var lanes, lane []string // of the header, and of each event
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			continue
		case words[0] == "|":
			lanes = append(lanes, setHeader(t, &h.Header, words[1:])...)
			continue
		case words[0] == ">":
			h.Messages = append(h.Messages, messageOf(t, int64(len(h.Messages)+1), words[1:]))
			continue
		case len(words) < 3:
			t.Fatalf("transcript: %q is not TIME HOST KIND", line)
		}
		at, err := time.ParseDuration(words[0])
		if err != nil {
			t.Fatalf("transcript: %q: %v", line, err)
		}
		e := sim.Event{Seq: int64(len(h.Events) + 1), At: at, Kind: sim.Kind(words[2])}
		if words[1] != "-" {
			e.Host = sim.HostID(words[1])
		}
		if !e.Kind.Known() {
			t.Fatalf("transcript: %q: unknown kind", line)
		}
		for _, word := range words[3:] {
			setField(t, &e, word)
		}
		h.Events, lane = append(h.Events, e), append(lane, laneIn(words[3:]))
	}
	for _, each := range append(lanes, lane...) {
		if _, err := sim.ReadLane(each); each != "" && err != nil {
			t.Fatalf("transcript: %v", err)
		}
	}
	sim.Upgrade(h, lanes, lane)
	return h
}

// messageOf parses "SENT FROM TO arrived=TIME lost=TIME again=TIME fate=FATE what=WORDS".
func messageOf(t testing.TB, number int64, words []string) sim.Message {
	t.Helper()
	span := func(value string) time.Duration {
		d, err := time.ParseDuration(value)
		if err != nil {
			t.Fatalf("transcript: message %q: %v", words, err)
		}
		return d
	}
	if len(words) < 3 {
		t.Fatalf("transcript: message %q is not SENT FROM TO", words)
	}
	m := sim.Message{Number: number, Sent: span(words[0]), From: sim.HostID(words[1]), To: sim.HostID(words[2]), Fate: sim.UnderWay}
	for _, word := range words[3:] {
		switch name, value, _ := strings.Cut(word, "="); name {
		case "arrived":
			m.Fate, m.Arrived = sim.Arrived, span(value)
		case "lost":
			m.Lost = span(value)
		case "again":
			m.Again = span(value)
		case "fate":
			m.Fate = sim.Fate(value)
		case "what":
			m.What = strings.ReplaceAll(value, "_", " ")
		default:
			t.Fatalf("transcript: unknown field %q of a message", word)
		}
	}
	return m
}

// laneIn returns the name of the fault that an event is about, or "" if it is about none.
func laneIn(fields []string) string {
	for _, word := range fields {
		if lane, is := strings.CutPrefix(word, "fault="); is {
			return strings.ReplaceAll(lane, "_", " ")
		}
	}
	return ""
}

func setHeader(t testing.TB, header *sim.Header, words []string) (lanes []string) {
	t.Helper()
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "faults":
			lanes = strings.Split(strings.ReplaceAll(value, "_", " "), ",")
		case "clients":
			header.Clients = hostsOf(value)
		case "world":
			header.World = value
		case "bears": // of a live trial, which relies on twice this time
			d, err := time.ParseDuration(value)
			if err != nil {
				t.Fatalf("transcript: %q: %v", word, err)
			}
			header.World = sim.LiveWorld
			header.Pace = &sim.Pace{Margin: 2 * d, Of: "the lease", Measured: []sim.Lateness{{Host: "client-1", Woke: time.Millisecond, Wakes: 9}}}
		case "nonce":
			header.Nonce = value
		case "inside":
			header.Inside = value == "yes"
		case "copies":
			header.Copies = value == "yes"
		case "ungranted":
			header.Ungranted = value == "yes"
		case "servers":
			header.Servers = nil
			if value != "none" {
				header.Servers = hostsOf(value)
			}
		default:
			t.Fatalf("transcript: unknown header %q", word)
		}
	}
	return lanes
}

// hostsOf parses "client-1,client-2".
func hostsOf(list string) (hosts []sim.HostID) {
	for name := range strings.SplitSeq(list, ",") {
		hosts = append(hosts, sim.HostID(name))
	}
	return hosts
}

func setField(t testing.TB, e *sim.Event, word string) {
	t.Helper()
	name, value, _ := strings.Cut(word, "=")
	text := strings.ReplaceAll(value, "_", " ")
	number := func() uint64 {
		n, err := strconv.ParseUint(value, 10, 64)
		if err != nil {
			t.Fatalf("transcript: %q: %v", word, err)
		}
		return n
	}
	switch name {
	case "op":
		e.Op = text
	case "job":
		e.Job = text
	case "client":
		e.Client = sim.HostID(text)
	case "grant":
		e.Grant = text
	case "fault": // see laneIn
	case "refused":
		e.Refused = value == "yes"
	case "note":
		e.Note = text
	case "late":
		d, err := time.ParseDuration(value)
		if err != nil {
			t.Fatalf("transcript: %q: %v", word, err)
		}
		e.Late = d
	case "parted":
		for group := range strings.SplitSeq(value, "|") {
			e.Parted = append(e.Parted, hostsOf(group))
		}
	case "token":
		e.Token = number()
	case "base":
		e.Base = number()
	case "version":
		e.Version = number()
	case "balance":
		e.Balance = int64(number())
	case "firing":
		e.Firing = int64(number())
	case "seq":
		e.Seq = int64(number())
	default:
		t.Fatalf("transcript: unknown field %q", word)
	}
}
