package sim

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const messageLines = `{"message":1,"from":"client-1","to":"redis-1","sent":0,"fate":"arrived","arrived":3,"lost":1,"again":2,"resent":4,"what":"SET NX PX"}
{"message":2,"from":"redis-1","to":"client-1","sent":3,"fate":"under-way"}
`

func withMessages() *History {
	h := smallHistory()
	h.Messages = []Message{
		{Number: 1, From: "client-1", To: "redis-1", Fate: Arrived, Arrived: 3, Lost: 1, Again: 2, Resent: 4, What: "SET NX PX"},
		{Number: 2, From: "redis-1", To: "client-1", Sent: 3, Fate: UnderWay},
	}
	return h
}

func TestMessagesStandBehindTheEvents(t *testing.T) {
	var file bytes.Buffer
	if err := withMessages().Write(&file); err != nil {
		t.Fatal(err)
	}
	if file.String() != smallFile+messageLines {
		t.Errorf("got:\n%s\nwant:\n%s", &file, smallFile+messageLines)
	}
	h, err := ReadHistory(&file, "h.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(h, withMessages()) {
		t.Errorf("read %+v", h)
	}
}

func TestMessagesAreNoPartOfTheFingerprint(t *testing.T) {
	if got, want := withMessages().Fingerprint(), smallHistory().Fingerprint(); got != want {
		t.Errorf("with messages the fingerprint is %s, without %s", got, want)
	}
}

func TestMessagesReadBackAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := smallHistory()
		sent := time.Duration(0)
		length := rapid.Map(rapid.Int64Range(0, 1e12), func(n int64) time.Duration { return time.Duration(n) })
		for i := range rapid.IntRange(0, 5).Draw(t, "messages") {
			sent += length.Draw(t, "later")
			m := Message{
				Number: int64(i + 1), Sent: sent, Fate: rapid.SampledFrom(Fates()).Draw(t, "fate"),
				From: HostID("x" + shown.Draw(t, "from")), To: HostID("y" + shown.Draw(t, "to")),
				Lost: length.Draw(t, "lost"), Again: length.Draw(t, "again"), Resent: rapid.Int64Range(0, 99).Draw(t, "resent"),
				What: shown.Draw(t, "what"),
			}
			if m.Fate == Arrived {
				m.Arrived = sent + length.Draw(t, "took")
			}
			want.Messages = append(want.Messages, m)
		}
		var file bytes.Buffer
		if err := want.Write(&file); err != nil {
			t.Fatal(err)
		}
		got, err := ReadHistory(&file, "h.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("wrote %+v, read %+v", want.Messages, got.Messages)
		}
	})
}

func TestABadMessageIsRefusedWithThePlaceAndTheReason(t *testing.T) {
	first := `{"message":1,"from":"a","to":"b","sent":5,"fate":"lost"}`
	for _, each := range []struct{ name, lines, want string }{
		{"an unknown fate", `{"message":1,"from":"a","to":"b","sent":5,"fate":"gone"}`, `h.jsonl:6:43: unknown fate of a message "gone", expected one of ["arrived" "lost" "under-way" "unrecorded"]`},
		{"a missing message", first + "\n" + `{"message":3,"from":"a","to":"b","sent":5,"fate":"lost"}`, `h.jsonl:7:2: message number 3, expected 2: lines are missing or out of order`},
		{"time that goes back", first + "\n" + `{"message":2,"from":"a","to":"b","sent":4,"fate":"lost"}`, `h.jsonl:7:34: time goes back from 5ns to 4ns`},
		{"nobody to send it to", `{"message":1,"from":"a","sent":5,"fate":"lost"}`, `h.jsonl:6:2: a message from "a" to "", expected two hosts`},
		{"an arrival before it was sent", `{"message":1,"from":"a","to":"b","sent":5,"fate":"arrived","arrived":4}`, `h.jsonl:6:60: the message arrived at 4ns, before it was sent at 5ns`},
		{"sent again less than never", `{"message":1,"from":"a","to":"b","sent":5,"fate":"lost","resent":-1}`, `h.jsonl:6:57: the message was sent again -1 times`},
		{"an unknown field", `{"message":1,"colour":"red"}`, `h.jsonl:6:14: not a valid message: unknown field "colour"`},
		{"text for a number", `{"message":1,"sent":"5s"}`, `h.jsonl:6:14: not a valid message: field "sent" is string, expected a whole number`},
		{"a run killed in mid-line", `{"message":1,"fr`, `h.jsonl:6:17: not a valid message: the line ends too early: was the run killed while it wrote?`},
		{"an event behind the messages", first + "\n" + `{"seq":5,"at":9,"kind":"end"}`, `h.jsonl:7:1: found something else behind the messages, expected another message or the end`},
	} {
		t.Run(each.name, func(t *testing.T) {
			_, err := ReadHistory(strings.NewReader(smallFile+each.lines+"\n"), "h.jsonl")
			var format *FormatError
			if !errors.As(err, &format) {
				t.Fatalf("got %v", err)
			}
			if got, _, _ := strings.Cut(err.Error(), "\n"); got != each.want {
				t.Errorf("\n   got %s\n  want %s", got, each.want)
			}
		})
	}
}

// FuzzReadHistory: any file is either refused with the place of the error, or what was read is
// written as a file that reads the same.
func FuzzReadHistory(f *testing.F) {
	f.Add(smallFile)
	f.Add(smallFile + messageLines)
	f.Add(`{"message":1}`)
	f.Fuzz(func(t *testing.T, file string) {
		h, err := ReadHistory(strings.NewReader(file), "fuzz.jsonl")
		if err != nil {
			var format *FormatError
			if !errors.As(err, &format) {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		var out bytes.Buffer
		if err := h.Write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := ReadHistory(&out, "again.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		var twice bytes.Buffer
		if err := again.Write(&twice); err != nil {
			t.Fatal(err)
		}
		var once bytes.Buffer
		if err := h.Write(&once); err != nil {
			t.Fatal(err)
		}
		if once.String() != twice.String() {
			t.Errorf("written once:\n%s\ntwice:\n%s", &once, &twice)
		}
	})
}

func TestWordsForWhatWasSent(t *testing.T) {
	for _, each := range []struct {
		sent any
		want string
	}{
		{worded{}, "SET"}, {nil, "OK"}, {HostID("redis-1"), "redis-1"}, {3, "3"}, {3.5, ""},
	} {
		if got := WordsOf(each.sent); got != each.want {
			t.Errorf("words for %v: %q, want %q", each.sent, got, each.want)
		}
	}
}

type worded struct{}

func (worded) Words() string { return "SET" }
