package zookeeper

import (
	"errors"
	"path"
	"strconv"
	"strings"
)

// short returns the part that tells lock znodes apart: "lock-3". It leaves out what stands before
// that, including protection's id, and the zeros of the sequence number.
func short(znode string) string {
	name := path.Base(znode)
	before, number, ok := strings.Cut(name[max(0, strings.LastIndex(name, "lock-")):], "-")
	if !ok {
		return name
	}
	if number = strings.TrimLeft(number, "0"); number == "" {
		number = "0"
	}
	return before + "-" + number
}

// Words describes the change in a message diagram.
func (p proposal) Words() string { return string(p.Kind) }

// Words names the request.
func (h hello) Words() string {
	if h.session != 0 {
		return "connect, same session"
	}
	return "connect"
}

// Words names the request.
func (r request) Words() string {
	switch r.kind {
	case askExists:
		return "watch " + short(r.path)
	case askDelete:
		return "delete " + short(r.path)
	case askStat:
		return "look at " + short(r.path)
	case askClose:
		return "end the session"
	case askPing, askChildren, askCreate, askSync, askParent:
	}
	return string(r.kind)
}

// Words says what became of the session.
func (w welcome) Words() string {
	if w.session == 0 {
		return "session expired"
	}
	return "session"
}

// Words names the message.
func (closed) Words() string { return "closed" }

// Words describes the answer.
func (r response) Words() string {
	if r.err != nil {
		return refusal(r.err)
	}
	switch r.to {
	case askPing:
		return "pong"
	case askExists, askStat:
		if r.exists {
			return "it exists"
		}
		return "it is gone"
	case askChildren:
		return strconv.Itoa(len(r.children)) + " in the queue"
	case askCreate, askDelete, askSync, askParent, askClose, "":
		if r.node.Path != "" {
			return short(r.node.Path)
		}
	}
	return "OK"
}

func refusal(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err.Error()
}

// Words names the message.
func (n notice) Words() string { return short(n.path) + " is gone" }

// Words describes what is brought to the leader.
func (f forward) Words() string { return f.proposal.Words() }

// Words names the message.
func (upToDate) Words() string { return "up to date" }

// Words names the message: it reports which clients have been heard.
func (touched) Words() string { return "heartbeat" }

// Words names the message.
func (touchedAck) Words() string { return "heartbeat ack" }

// Words names the request.
func (revalidate) Words() string { return "session alive?" }

// Words says whether the session is alive.
func (r revalidated) Words() string {
	if r.session == 0 {
		return "session expired"
	}
	return "session lives"
}
