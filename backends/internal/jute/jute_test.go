package jute_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/locklab/locklab/backends/internal/jute"
	"pgregory.net/rapid"
)

func TestMessagesAreTheSameInWhateverPiecesTheyArrive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sent, got [][]byte
		var stream []byte
		for range rapid.IntRange(0, 5).Draw(t, "messages") {
			m := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "message")
			sent = append(sent, m)
			stream = append(binary.BigEndian.AppendUint32(stream, uint32(len(m))), m...)
		}
		var s jute.Stream
		for len(stream) > 0 {
			n := rapid.IntRange(1, len(stream)).Draw(t, "piece")
			s.Arrived(stream[:n], func(m []byte) { got = append(got, bytes.Clone(m)) })
			stream = stream[n:]
		}
		if !slices.EqualFunc(got, sent, bytes.Equal) {
			t.Fatalf("arrived as %x, sent as %x", got, sent)
		}
	})
}

func TestWhatIsCutShortIsReadAsZerosAndToldSo(t *testing.T) {
	whole := []byte{0, 0, 0, 14, 0, 0, 0, 7, 0, 0, 0, jute.Create, 0, 0, 0, 2, '/', 'a'}
	xid, kind, rest := jute.Request(whole)
	if path := rest.Text(); xid != 7 || kind != jute.Create || path != "/a" || rest.Short || len(rest.Rest) != 0 {
		t.Errorf("read request %d of type %d about %q, cut short: %t, left: %x", xid, kind, path, rest.Short, rest.Rest)
	}
	for n := range whole {
		if _, _, rest := jute.Request(whole[:n]); rest.Text() == "/a" || !rest.Short {
			t.Errorf("the first %d bytes are told to be whole", n)
		}
	}
	absent := jute.Reader{Rest: []byte{0xff, 0xff, 0xff, 0xff}}
	if text := absent.Text(); text != "" || absent.Short {
		t.Errorf("a text that is not there is %q, cut short: %t", text, absent.Short)
	}
}
