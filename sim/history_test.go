package sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"github.com/locklab/locklab/sim/plaintext"
)

func smallHistory() *History {
	return &History{
		Header: Header{
			Format: Format, Scenario: "gc-pause", Backend: "redis+renew", Guard: "none", World: "virtual", Seed: 7,
			TTL: 10 * time.Second, Until: 40 * time.Second, Options: []string{"token=incr"},
			Clients: []HostID{"client-1", "client-2"}, Servers: []HostID{"redis-1"}, Ledger: "ledger", Faults: []Fault{{Kind: Pause, Host: "client-1"}},
		},
		Events: []Event{
			{Seq: 1, At: 0, Kind: LedgerOpened, Host: "ledger", Balance: 100},
			{Seq: 2, At: 1, Host: "client-1", Kind: Acquired, Op: "client-1/1", Grant: "<a&b>", Token: 3, Until: 11},
			{Seq: 3, At: 1, Host: "ledger", Kind: LedgerWrite, Op: "client-1/1", Client: "client-1", Base: 1, Version: 2, Balance: -5},
			{Seq: 4, At: 9, Kind: End, Fault: 1, Note: "no more time\n"},
		},
	}
}

const smallFile = `{"format":"locklab-history/2","scenario":"gc-pause","backend":"redis+renew","guard":"none","world":"virtual","seed":7,"ttl":10000000000,"until":40000000000,"options":["token=incr"],"clients":["client-1","client-2"],"servers":["redis-1"],"ledger":"ledger","faults":[{"kind":"pause","host":"client-1"}]}
{"seq":1,"at":0,"host":"ledger","kind":"ledger-opened","balance":100}
{"seq":2,"at":1,"host":"client-1","kind":"acquired","op":"client-1/1","grant":"<a&b>","token":3,"until":11}
{"seq":3,"at":1,"host":"ledger","kind":"ledger-write","op":"client-1/1","client":"client-1","base":1,"version":2,"balance":-5}
{"seq":4,"at":9,"kind":"end","fault":1,"note":"no more time\n"}
`

func TestAHistoryIsWrittenOneEventALine(t *testing.T) {
	var file bytes.Buffer
	if err := smallHistory().Write(&file); err != nil {
		t.Fatal(err)
	}
	if file.String() != smallFile {
		t.Errorf("got:\n%s\nwant:\n%s", &file, smallFile)
	}
}

func TestAHistoryReadsBackAsItWasWritten(t *testing.T) {
	h, err := ReadHistory(strings.NewReader(smallFile), "h.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(h, smallHistory()) {
		t.Errorf("got %+v", h)
	}
	kinds := slices.Concat(ClientKinds(), ServerKinds(), WorldKinds(), UntoldKinds())
	rapid.Check(t, func(t *rapid.T) {
		want := smallHistory()
		want.Events = nil
		at := time.Duration(0)
		for i := range rapid.IntRange(0, 5).Draw(t, "events") {
			at += time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "later"))
			e := Event{
				Seq: int64(i + 1), At: at, Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
				Host: HostID(shown.Draw(t, "host")), Note: shown.Draw(t, "note"),
				Token: rapid.Uint64().Draw(t, "token"), Balance: rapid.Int64().Draw(t, "balance"),
				Refused: rapid.Bool().Draw(t, "refused"),
			}
			if e.ofFault() {
				e.Fault = 1
			}
			want.Events = append(want.Events, e)
		}
		var file bytes.Buffer
		if err := want.Write(&file); err != nil {
			t.Fatal(err)
		}
		got, err := ReadHistory(&file, "h.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) || got.Fingerprint() != want.Fingerprint() {
			t.Errorf("wrote %+v, read %+v", want, got)
		}
	})
}

// shown generates any text that may be shown to people.
var shown = rapid.Map(rapid.String(), plaintext.Visible)

// A history may come from somebody else, and it is shown in terminals.
func TestAHistoryWithWhatIsNotSeenIsRefusedWithThePlace(t *testing.T) {
	var file bytes.Buffer
	if err := smallHistory().Write(&file); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`\u001b[2J`, "\u009b", "\u202e", `\r`, "\x7f"} {
		_, err := ReadHistory(strings.NewReader(strings.Replace(file.String(), "no more time", "no more "+text, 1)), "h.jsonl")
		var bad *FormatError
		if !errors.As(err, &bad) || bad.Line != 5 || bad.Column != strings.Index(bad.Text, "no more ")+len("no more ")+1 {
			t.Errorf("a note with %q: %v", text, err)
		}
	}
}

// What servers say is escaped before it is kept, so it can be read back.
func TestWhatIsNotSeenIsWrittenOut(t *testing.T) {
	h := smallHistory()
	h.Events[3].Note, h.Events[1].Grant = "ERR \x1b[2J", "a\u202eb"
	h.Messages = []Message{{Number: 1, From: "a", To: "b", Fate: LostFor, What: "\r"}}
	h.MakeVisible()
	var file bytes.Buffer
	if err := h.Write(&file); err != nil {
		t.Fatal(err)
	}
	got, err := ReadHistory(&file, "h.jsonl")
	if err != nil || got.Events[3].Note != `ERR \x1b[2J` || got.Events[1].Grant != `a\u202eb` || got.Messages[0].What != `\x0d` {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestAFingerprintTellsHistoriesApart(t *testing.T) {
	h := smallHistory()
	if got, want := h.Fingerprint(), "68ced2932ff653c5"; got != want {
		t.Errorf("the fingerprint is %s, want %s", got, want)
	}
	h.Events[1].Token++
	if h.Fingerprint() == smallHistory().Fingerprint() {
		t.Error("another token, but the same fingerprint")
	}
}

func TestABadHistoryFileIsRefusedWithThePlaceAndTheReason(t *testing.T) {
	header, _, _ := strings.Cut(smallFile, "\n")
	first, kinds := `{"seq":1,"at":5,"kind":"done"}`, fmt.Sprintf("%q", FaultKinds())
	for _, each := range []struct{ name, file, want string }{
		{"an empty file", "", `h.jsonl:1: the file is empty, expected a history: a header line, then one event a line`},
		{"another format", `{"format":"locklab-history/9"}`, `h.jsonl:1:1: the format is "locklab-history/9", expected "locklab-history/2": is this a history?` +
			"\n  | " + `{"format":"locklab-history/9"}`},
		{"no header", first, `h.jsonl:1:2: the header is not valid: unknown field "seq"` + "\n  | " + first},
		{"a header field of the wrong type", `{"format":5}`, `h.jsonl:1:2: the header is not valid: field "format" is number, expected text` +
			"\n  | " + `{"format":5}`},
		{"a list of one", `{"clients":"client-1"}`, `h.jsonl:1:2: the header is not valid: field "clients" is string, expected a list` +
			"\n  | " + `{"clients":"client-1"}`},
		{"an unknown world", `{"format":"locklab-history/2","world":"real"}`, `h.jsonl:1:31: the world is "real", expected one of ["virtual" "live"]` +
			"\n  | " + `{"format":"locklab-history/2","world":"real"}`},
		{"a fault in the header that nobody knows", `{"format":"locklab-history/2","world":"live","faults":[{"kind":"stall"}]}`,
			`h.jsonl:1:1: the header is not valid: unknown fault "stall", expected one of ` + kinds + `` +
				"\n  | " + `{"format":"locklab-history/2","world":"live","faults":[{"kind":"stall"}]}`},
		{"text for a yes or no", header + "\n" + `{"seq":1,"refused":"yes"}`, `h.jsonl:2:10: not a valid event: field "refused" is string, expected true or false` +
			"\n  | " + `{"seq":1,"refused":"yes"}`},
		{"not JSON", header + "\n{seq:1}", `h.jsonl:2:2: not a valid event: invalid character 's' looking for beginning of object key string` + "\n  | {seq:1}"},
		{"a blank line", header + "\n\n" + first, `h.jsonl:2:1: not a valid event: the line ends too early: was the run killed while it wrote?`},
		{"a run killed in mid-line", header + "\n" + `{"seq":1,"at":5,"ki`, `h.jsonl:2:20: not a valid event: the line ends too early: was the run killed while it wrote?` +
			"\n  | " + `{"seq":1,"at":5,"ki`},
		{"two events on a line", header + "\n" + first + " {}", `h.jsonl:2:32: not a valid event: something follows the closing brace` + "\n  | " + first + " {}"},
		{"a brace too many", header + "\n" + first + "}", `h.jsonl:2:31: not a valid event: something follows the closing brace` + "\n  | " + first + "}"},
		{"a list", header + "\n[1]", "h.jsonl:2:1: not a valid event: found JSON array, expected an object\n  | [1]"},
		{"an unknown field", header + "\n" + `{"seq":1,"colour":"red"}`, `h.jsonl:2:10: not a valid event: unknown field "colour"` +
			"\n  | " + `{"seq":1,"colour":"red"}`},
		{"text for a number", header + "\n" + `{"seq":1,"at":"5s"}`, `h.jsonl:2:10: not a valid event: field "at" is string, expected a whole number` +
			"\n  | " + `{"seq":1,"at":"5s"}`},
		{"a fraction", header + "\n" + `{"seq":1,"at":1.5}`, `h.jsonl:2:10: not a valid event: field "at" is number 1.5, expected a whole number` +
			"\n  | " + `{"seq":1,"at":1.5}`},
		{"a negative token", header + "\n" + `{"seq":1,"token":-1}`, `h.jsonl:2:10: not a valid event: field "token" is number -1, expected a whole number that is not negative` +
			"\n  | " + `{"seq":1,"token":-1}`},
		{"an unknown kind", header + "\n" + `{"seq":1,"at":5,"kind":"dome"}`, `h.jsonl:2:17: unknown kind of event "dome"` +
			"\n  | " + `{"seq":1,"at":5,"kind":"dome"}`},
		{"a fault that the header does not list", header + "\n" + `{"seq":1,"at":5,"kind":"fault-applied","fault":2}`,
			`h.jsonl:2:40: there is no fault 2, expected the number of one of the 1 that the header lists, from 1` +
				"\n  | " + `{"seq":1,"at":5,"kind":"fault-applied","fault":2}`},
		{"an event of no fault", header + "\n" + `{"seq":1,"at":5,"kind":"fault-applied"}`,
			`h.jsonl:2:1: there is no fault 0, expected the number of one of the 1 that the header lists, from 1` +
				"\n  | " + `{"seq":1,"at":5,"kind":"fault-applied"}`},
		{"a vote that ended somehow", header + "\n" + `{"seq":1,"at":5,"kind":"node-ended","ended":"gone"}`,
			`h.jsonl:2:37: a vote is said to have ended as "gone", expected one of ["expired" "freed" "forgotten"]` +
				"\n  | " + `{"seq":1,"at":5,"kind":"node-ended","ended":"gone"}`},
		{"a fault done to a host with a long name", header + "\n" + `{"seq":1,"at":5,"kind":"fault-applied","fault":1,"hosts":["` + strings.Repeat("h", 201) + `"]}`,
			`h.jsonl:2:50: a name in field "hosts" has 201 bytes, expected at most 200`},
		{"a missing event", header + "\n" + first + "\n" + `{"seq":3,"at":5,"kind":"end"}`, `h.jsonl:3:2: event number 3, expected 2: lines are missing or out of order` +
			"\n  | " + `{"seq":3,"at":5,"kind":"end"}`},
		{"time that goes back", header + "\n" + first + "\n" + `{"seq":2,"at":4,"kind":"end"}`, `h.jsonl:3:10: time goes back from 5ns to 4ns` +
			"\n  | " + `{"seq":2,"at":4,"kind":"end"}`},
		{"a line without end", header + "\n" + strings.Repeat(" ", maxLine+1), `h.jsonl:2: the line is longer than 16384 bytes`},
		{"a header without end", strings.Repeat(" ", maxHeader+1), `h.jsonl:1: the line is longer than 4194304 bytes`},
		{"too many clients", strings.Replace(header, `"clients":[`, `"clients":[`+strings.Repeat(`"c",`, MaxClients), 1), `h.jsonl:1:182: the trial has 102 clients, expected at most 100`},
		{"too many servers", strings.Replace(header, `"servers":[`, `"servers":[`+strings.Repeat(`"s",`, maxServers), 1), `h.jsonl:1:216: the lock service has 101 servers, expected at most 100`},
		{"a long name of a scenario", strings.Replace(header, "gc-pause", strings.Repeat("n", 201), 1), `h.jsonl:1:31: a name in field "scenario" has 201 bytes, expected at most 200`},
		{"a long name of a client", strings.Replace(header, "client-2", strings.Repeat("n", 201), 1), `h.jsonl:1:182: a name in field "clients" has 201 bytes, expected at most 200`},
		{"a long grant", header + "\n" + `{"seq":1,"at":5,"kind":"acquired","grant":"` + strings.Repeat("g", 201) + `"}`, `h.jsonl:2:35: a name in field "grant" has 201 bytes, expected at most 200`},
		{"too many hosts", header + "\n" + lines(maxHosts+1, `{"seq":%d,"at":5,"kind":"done","host":"h%[1]d"}`), `h.jsonl:502:33: this is the event of one more than 500 hosts, expected at most that many`},
		{"too many faults", strings.Replace(header, `"faults":[`, `"faults":[`+strings.Repeat(`{"kind":"pause"},`, maxFaults), 1), `h.jsonl:1:256: the script has 501 faults, expected at most 500`},
		{"a fault with a long name", strings.Replace(header, `"kind":"pause","host":"client-1"`, `"kind":"pause","host":"`+strings.Repeat("n", 201)+`"`, 1), `h.jsonl:1:256: a name in field "faults" has 207 bytes, expected at most 200`},
		{"too many events", header + "\n" + lines(maxRead+1, `{"seq":%d,"kind":"done"}`), `h.jsonl:400002:2: this is event 400001, expected at most 400000`},
		{"too many messages", header + "\n" + lines(maxReadSent+1, `{"message":%d,"from":"a","to":"b","fate":"lost"}`), `h.jsonl:200002:1: this is one more than 200000 messages, expected at most that many`},
		{"a long line is shown in part", header + "\n" + `{"note":"` + strings.Repeat("x", 200) + `"}`,
			`h.jsonl:2:1: unknown kind of event ""` + "\n  | " + `{"note":"` + strings.Repeat("x", 111) + "…"},
	} {
		t.Run(each.name, func(t *testing.T) {
			_, err := ReadHistory(strings.NewReader(each.file), "h.jsonl")
			var format *FormatError
			if !errors.As(err, &format) {
				t.Fatalf("got %v", err)
			}
			got := err.Error()
			if !strings.Contains(each.want, "\n") { // this case does not compare the line itself
				got, _, _ = strings.Cut(got, "\n")
			}
			if got != each.want {
				t.Errorf("\n   got %s\n  want %s", got, each.want)
			}
		})
	}
}

// lines returns n lines of the format, numbered from 1.
func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+"\n", i+1)
	}
	return b.String()
}

// An endless file is read only up to a bound.
func TestAHistoryThatNeverEndsIsRefused(t *testing.T) {
	header, _, _ := strings.Cut(smallFile, "\n")
	out, in := io.Pipe()
	go func() {
		event := `{"seq":%d,"kind":"done","note":"` + strings.Repeat("n", maxLine-50) + `"}` + "\n"
		_, err := io.WriteString(in, header+"\n")
		for n := 1; err == nil; n++ {
			_, err = fmt.Fprintf(in, event, n)
		}
		in.Close()
	}()
	_, err := ReadHistory(out, "h.jsonl")
	if err == nil || !strings.Contains(err.Error(), ": here the file has more than 67108864 bytes, expected at most that many") {
		t.Errorf("got %.200v", err)
	}
	out.Close()
}

func TestEventsAreReadWithoutTheMessages(t *testing.T) {
	got, err := ReadEvents(strings.NewReader(smallFile+`{"message":1,"fate":"not looked at"}`+"\n"), "h.jsonl")
	if err != nil || !reflect.DeepEqual(got, smallHistory()) {
		t.Errorf("%v, %+v", err, got)
	}
}

func TestAHistoryThatCannotBeReadOrWrittenSaysSo(t *testing.T) {
	broken := errors.New("disk on fire")
	if _, err := ReadHistory(iotest.ErrReader(broken), "h.jsonl"); !errors.Is(err, broken) || err.Error() != "read h.jsonl: disk on fire" {
		t.Errorf("reading: %v", err)
	}
	_, full := io.Pipe()
	full.CloseWithError(broken)
	if err := smallHistory().Write(full); err == nil {
		t.Error("writing to a closed pipe went well")
	}
}

func TestOnlyTheTrialsClientsAreClients(t *testing.T) {
	h := smallHistory()
	for id, want := range map[HostID]bool{"client-1": true, "client-2": true, "client-3": false, "redis-1": false, "ledger": false, "": false} {
		if h.IsClient(id) != want {
			t.Errorf("IsClient(%q) is %t", id, !want)
		}
	}
}

func TestKindsAreListedOnce(t *testing.T) {
	seen := map[Kind]bool{}
	for _, list := range [][]Kind{ClientKinds(), ServerKinds(), WorldKinds(), UntoldKinds()} {
		for _, k := range list {
			if seen[k] || !k.Known() {
				t.Errorf("%s is listed twice or not known", k)
			}
			seen[k] = true
		}
	}
	if Kind("dome").Known() || Kind("").Known() {
		t.Error("a kind that does not exist is known")
	}
}

func ExampleFormatError() {
	_, err := ReadHistory(strings.NewReader("hello\n"), "notes.txt")
	fmt.Println(err)
	// Output:
	// notes.txt:1:1: the header is not valid: invalid character 'h' looking for beginning of value
	//   | hello
}
