//go:build linux

package liblive

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"slices"
	"testing"

	"github.com/locklab/locklab/backends/realtime"
	goredis "github.com/redis/go-redis/v9"
)

func TestOnlyCommandsThatTakeTheLockCountAsAskingForIt(t *testing.T) {
	for _, c := range []struct {
		command             string
		obtains, sets       bool
		obtained, setToThis string
	}{
		{command: "*7\r\n$7\r\nevalsha\r\n$2\r\nab\r\n$1\r\n1\r\n$7\r\naccount\r\n$3\r\nxyz\r\n$1\r\n3\r\n$4\r\n2000\r\n", obtains: true, obtained: "xyz"},
		{command: "*7\r\n$7\r\nevalsha\r\n$2\r\nab\r\n$1\r\n1\r\n$7\r\nwarm-up\r\n$3\r\nxyz\r\n$1\r\n3\r\n$4\r\n2000\r\n"},
		{command: "*6\r\n$7\r\nevalsha\r\n$2\r\nab\r\n$1\r\n1\r\n$7\r\naccount\r\n$3\r\nxyz\r\n$4\r\n2000\r\n"}, // Refresh
		{command: "*6\r\n$3\r\nset\r\n$7\r\naccount\r\n$3\r\nxyz\r\n$2\r\nex\r\n$1\r\n2\r\n$2\r\nnx\r\n", sets: true, setToThis: "xyz"},
		{command: "*6\r\n$3\r\nset\r\n$7\r\nwarm-up\r\n$3\r\nxyz\r\n$2\r\nex\r\n$1\r\n2\r\n$2\r\nnx\r\n"},
		{command: "*2\r\n$3\r\nget\r\n$7\r\naccount\r\n"},
		{command: ""},
	} {
		words := commandWords([]byte(c.command))
		if value, yes := isObtain(words); yes != c.obtains || value != c.obtained {
			t.Errorf("%q obtains a lock: %t, %q", words, yes, value)
		}
		if value, yes := isSet(words); yes != c.sets || value != c.setToThis {
			t.Errorf("%q sets a lock: %t, %q", words, yes, value)
		}
	}
}

func TestACommandWithoutAnAnswerIsToldFromOneThatWasRefused(t *testing.T) {
	var h *realtime.Host                                        // does not matter: nothing asks for a lock
	c := newRedisClient(h, "127.0.0.9", isSet, func(string) {}) // there is nobody
	defer c.Close()
	if err := c.Ping(t.Context()).Err(); err == nil || !c.unanswered.Load() {
		t.Errorf("a server that is not there: %v, unanswered: %t", err, c.unanswered.Load())
	}
	for _, answered := range []error{nil, goredis.Nil} {
		c.unanswered.Store(true)
		command := func(context.Context, goredis.Cmder) error { return answered }
		if err := (answerHook{c}).ProcessHook(command)(t.Context(), nil); err != answered || c.unanswered.Load() {
			t.Errorf("the answer %v became %v, unanswered: %t", answered, err, c.unanswered.Load())
		}
	}
}

// zkMessage is numbers of four bytes and a path, preceded by the total length.
func zkMessage(path string, numbers ...uint32) []byte {
	var b []byte
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(path)))
	b = append(b, path...)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
}

// scripted is a connection on which the server has already said something.
type scripted struct {
	net.Conn
	said *bytes.Reader
	each int // how many bytes arrive at once
}

func (s scripted) Write(b []byte) (int, error) { return len(b), nil }
func (s scripted) Read(b []byte) (int, error)  { return s.said.Read(b[:min(len(b), s.each)]) }

// Answers may arrive in any pieces. Only those to a creation count, and only those without an
// error.
func TestTheZnodeOfALockIsReadFromTheAnswerToItsCreation(t *testing.T) {
	const session, create, other, pinged = 0, 1, 12, 0xfffffffe
	said := slices.Concat(
		zkMessage("greeting", session, 2000),
		zkMessage("/account/lock-0000000007", 1, 1, 9, 0), // zxid 0x100000009
		zkMessage("/account/lock-0000000008", 2, 1, 10, 0xffffff9b),
		zkMessage("/account/lock-0000000009", 3, 1, 11, 0), // answers another request
		zkMessage("", pinged, 1, 12, 0),
		zkMessage("/account/lock-0000000010", 4, 1, 12, 0),
		zkMessage("", pinged, 1, 12, 0),
	)
	for each := 1; each <= len(said); each += 7 {
		var sent, alive int
		var seen []string
		conn := scripted{said: bytes.NewReader(said), each: each}
		c := newZKConn(conn, &realtime.Host{}, func(string) { sent++ }, "/account/", func(n zkNode) { seen = append(seen, n.grant()) }, func() { alive++ })
		for _, request := range [][]byte{
			zkMessage("/account/lock-", session, create), // the first is no request with a header
			zkMessage("/account/lock-", 1, create),
			zkMessage("/account/lock-", 2, create),
			zkMessage("/account/lock-", 3, other),
			zkMessage("/elsewhere/lock-", 5, create),
			zkMessage("/account/lock-", 4, create),
		} {
			if _, err := c.Write(request); err != nil {
				t.Fatal(err)
			}
		}
		for buffer := make([]byte, 64); conn.said.Len() > 0; {
			if _, err := c.Read(buffer); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{"/account/lock-0000000007@0x100000009", "/account/lock-0000000010@0x10000000c"}
		if sent != 3 || alive != 2 || !slices.Equal(seen, want) {
			t.Fatalf("with %d bytes at once: %d creations, %d pings, %q", each, sent, alive, seen)
		}
	}
}
