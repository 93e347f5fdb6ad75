package sim

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what old histories are read as into testdata")

// Histories in format 1 are read as the current format and keep their fingerprint.
func TestHistoriesOfFormat1AreRead(t *testing.T) {
	for name, fingerprint := range map[string]string{"redlock": "7af50fab7808cdb9", "roles": "ea1f741ad5af6b75"} {
		old, err := os.ReadFile("testdata/" + name + ".format-1.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		h, err := ReadHistory(bytes.NewReader(old), name)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Fingerprint(); got != fingerprint {
			t.Errorf("%s: the fingerprint is %s, want %s", name, got, fingerprint)
		}
		var now bytes.Buffer
		if err := h.Write(&now); err != nil {
			t.Fatal(err)
		}
		golden := "testdata/" + name + ".read.jsonl"
		if *update {
			if err := os.WriteFile(golden, now.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(now.Bytes(), want) {
			t.Errorf("%s is not read as %s; look at the difference, and run the test with -update if it is right", name, golden)
		}
		again, err := ReadHistory(&now, golden)
		if err != nil || !reflect.DeepEqual(again, h) {
			t.Errorf("%s: what was written is not read back the same: %v", name, err)
		}
	}
}

func TestWhatANoteOrANameSaidInFormat1IsTyped(t *testing.T) {
	h, err := ReadHistory(strings.NewReader(`{"format":"locklab-history/1","backend":"sentinel+replicas=2","world":"virtual","clients":["client-1","client-2"],"servers":["redis-1","redis-2"],"ledger":"ledger","faults":["partition master ↔ client-1","pause any","pause any"]}
{"seq":1,"kind":"fault-applied","fault":"partition master ↔ client-1","note":"master: redis-1"}
{"seq":2,"host":"client-2","kind":"fault-applied","fault":"pause any","firing":1,"note":"any: client-2"}
{"seq":3,"host":"client-1","kind":"fault-applied","fault":"pause any","firing":2,"note":"any: client-1"}
{"seq":4,"host":"client-2","kind":"fault-undone","fault":"pause any","firing":1}
{"seq":5,"host":"redis-2","kind":"node-ended","grant":"a","note":"expired"}
{"seq":6,"host":"client-2","kind":"fault-applied","fault":"pause any","firing":3}
`), "old.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	want := []Fault{{Kind: Partition, From: []HostID{Master}, To: []HostID{"client-1"}}, {Kind: Pause, Host: AnyHost}, {Kind: Pause, Host: AnyHost}}
	if !reflect.DeepEqual(h.Header.Faults, want) || !h.Header.Copies || h.Header.Format != Format {
		t.Errorf("the header is %+v", h.Header)
	}
	var numbers []int64
	for _, e := range h.Events {
		numbers = append(numbers, e.Fault)
	}
	if want := []int64{1, 2, 3, 2, 0, 3}; !reflect.DeepEqual(numbers, want) {
		t.Errorf("the events are about the faults %v, want %v: a step for each firing, then the last one again", numbers, want)
	}
	if got := h.Events[0].Hosts; !reflect.DeepEqual(got, []HostID{"client-1", "redis-1"}) {
		t.Errorf("the cut was done to %v", got)
	}
	if e := h.Events[4]; e.Ended != Expired || e.Note != "" {
		t.Errorf("the vote ended as %q, with the note %q", e.Ended, e.Note)
	}
}

func TestAFaultOfFormat1ThatCannotBeReadIsRefused(t *testing.T) {
	kinds := fmt.Sprintf("%q", FaultKinds())
	const header = `{"format":"locklab-history/1","world":"live","faults":["pause client-1"]}`
	for _, each := range []struct{ name, file, want string }{
		{"a kind in the header that nobody knows", `{"format":"locklab-history/1","world":"live","faults":["stall redis-1"]}`,
			`h.jsonl:1:46: the header is not valid: unknown fault "stall redis-1", expected one of ` + kinds + ` and what it is done to`},
		{"in an event", header + "\n" + `{"seq":1,"at":5,"kind":"fault-applied","fault":"stall client-1"}`,
			`h.jsonl:2:40: not a valid event: unknown fault "stall client-1", expected one of ` + kinds + ` and what it is done to`},
		{"nobody whom it is done to", header + "\n" + `{"seq":1,"at":5,"kind":"fault-applied","fault":"delay client-1"}`,
			`h.jsonl:2:40: not a valid event: the fault "delay client-1" cannot be read, expected what it is and what it is done to, such as "pause client-1"`},
		{"a number, as in format 2", header + "\n" + `{"seq":1,"at":5,"kind":"fault-applied","fault":1}`,
			`h.jsonl:2:40: not a valid event: field "fault" is number, expected text`},
		{"too many", header + "\n" + lines(maxFaults, `{"seq":%d,"at":5,"kind":"fault-applied","fault":"pause h%[1]d"}`),
			`h.jsonl:501:42: not a valid event: this is one more than 500 different faults, expected at most that many`},
	} {
		_, err := ReadHistory(strings.NewReader(each.file), "h.jsonl")
		var format *FormatError
		if !errors.As(err, &format) {
			t.Fatalf("%s: %v", each.name, err)
		}
		if got, _, _ := strings.Cut(err.Error(), "\n"); got != each.want {
			t.Errorf("%s:\n   got %s\n  want %s", each.name, got, each.want)
		}
	}
}
