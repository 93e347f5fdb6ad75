package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/historytest"
	"github.com/locklab/locklab/sim/trace"
)

// charged is a trial of one charge in which every cause precedes its effect: one line per stamp,
// a second apart. The second stamp of a message is the line "arrives".
const charged = `
	acquire       client-1
	message       client-1 lock     SET
	arrives
	granted       lock
	message       lock     client-1 OK
	arrives
	acquired      client-1
	message       client-1 ledger   read
	arrives
	ledger-read   ledger
	message       ledger   client-1 100_bytes
	arrives
	read          client-1
	write         client-1
	message       client-1 ledger   charge
	arrives
	ledger-write  ledger
	message       ledger   client-1 100_bytes
	arrives
	wrote         client-1
	message       client-1 ledger   mark
	arrives
	ledger-marked ledger
	message       ledger   client-1 100_bytes
	arrives
	marked        client-1
	release       client-1
	freed         lock
	released      client-1
	end           -`

// stamped returns the trial with line i stamped at[i].
func stamped(at []time.Duration) *sim.History {
	h := &sim.History{Header: sim.Header{
		World: sim.LiveWorld, Clients: []sim.HostID{"client-1"}, Servers: []sim.HostID{"lock"}, Ledger: "ledger",
	}}
	h.Events = []sim.Event{{Kind: sim.LedgerOpened, Host: "ledger"}}
	for i, line := range strings.Split(strings.TrimSpace(charged), "\n") {
		words := strings.Fields(line)
		switch words[0] {
		case "message":
			h.Messages = append(h.Messages, sim.Message{
				Sent: at[i], From: sim.HostID(words[1]), To: sim.HostID(words[2]), What: strings.ReplaceAll(words[3], "_", " "),
			})
		case "arrives":
			m := &h.Messages[len(h.Messages)-1]
			m.Fate, m.Arrived = sim.Arrived, at[i]
		default:
			e := sim.Event{At: at[i], Kind: sim.Kind(words[0]), Host: sim.HostID(words[1]), Op: "client-1/1", Job: "job-1", Grant: "a"}
			if e.Host == "ledger" {
				e.Client, e.Grant = "client-1", ""
			}
			if e.Kind == sim.LedgerWrite {
				e.Version = 1
			}
			h.Events = append(h.Events, e)
		}
	}
	slices.SortStableFunc(h.Events, func(a, b sim.Event) int { return cmp.Compare(a.At, b.At) })
	slices.SortStableFunc(h.Messages, func(a, b sim.Message) int { return cmp.Compare(a.Sent, b.Sent) })
	for i := range h.Events {
		h.Events[i].Seq = int64(i + 1)
	}
	for i := range h.Messages {
		h.Messages[i].Number = int64(i + 1)
	}
	return h
}

func seconds(n int) []time.Duration {
	at := make([]time.Duration, n)
	for i := range at {
		at[i] = time.Duration(i+1) * time.Second
	}
	return at
}

// Each stamp of the trial in turn is moved in front of the one before it, which caused it.
func TestEveryStampStandsBehindItsCause(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(charged), "\n")
	if got := Disorders(stamped(seconds(len(lines)))); len(got) != 0 {
		t.Fatalf("in order, yet: %v", got)
	}
	// A history does not tell which of the messages to a server asks for the lock, and which
	// answers. A client's own events are in order anyway.
	untold := map[string]bool{
		"acquire < message": true, "granted < message": true, "read < write": true,
		"marked < release": true, "release < freed": true, "freed < released": true, "released < end": true,
	}
	for i := 1; i < len(lines); i++ {
		cause, effect := strings.Fields(lines[i-1])[0], strings.Fields(lines[i])[0]
		name := cause + " < " + effect
		at := seconds(len(lines))
		at[i] = at[i-1] - time.Second/2
		got := Disorders(stamped(at))
		if untold[name] {
			if len(got) != 0 {
				t.Errorf("%s (line %d): found %v, although nothing tells", name, i, got)
			}
			continue
		}
		if len(got) == 0 {
			t.Errorf("%s (line %d): the wrong order was not found", name, i)
			continue
		}
		if _, err := Contradiction(trace.Read(stamped(at))); err == nil {
			t.Errorf("%s (line %d): no contradiction was found", name, i)
		}
	}
}

func TestStampsOutOfOrder(t *testing.T) {
	for _, each := range []struct {
		name, history string
		want          []string // a substring of each
	}{
		{"a request that stands behind what it brought about", `
			| servers=none
			1s client-1 acquired    op=client-1/1 grant=a
			> 2s client-1 ledger arrived=2.002s what=read
			2.001s ledger   ledger-read op=client-1/1 client=client-1
			> 2.003s ledger client-1 arrived=2.004s what=40_bytes
			2.005s client-1 read        op=client-1/1
			3s -        end`,
			[]string{"event 2 (the account's reading) is stamped 2.001s, before the arrival of its request at 2.002s"}},
		{"a request that is not there", `
			| servers=none
			1s client-1 acquired    op=client-1/1 grant=a
			1s client-2 acquired    op=client-2/1 grant=b
			> 2s client-2 ledger arrived=2s what=read
			2s ledger   ledger-read op=client-1/1 client=client-1
			3s -        end`,
			[]string{"without the arrival of its request before it"}},
		{"where messages were not recorded, events only are held to the order", `
			1s client-1 acquired    op=client-1/1 grant=a
			2s ledger   ledger-read op=client-1/1 client=client-1
			3s client-1 read        op=client-1/1
			4s client-1 write       op=client-1/1
			6s client-1 wrote       op=client-1/1
			7s ledger   ledger-write op=client-1/1 client=client-1 version=1
			8s -        end`,
			[]string{"event 5 (what the client is told of it) is stamped 6s, before the account accepting or refusing the write at 7s"}},
		{"where the recording stopped, too", `
			1s client-1 acquired    op=client-1/1 grant=a
			> 1s client-2 ledger arrived=1s what=mark
			> 1s - - fate=unrecorded
			2s ledger   ledger-read op=client-1/1 client=client-1
			3s -        end`, nil},
		{"a write that is taken twice although it was called once", `
			1s client-1 write        op=client-1/1
			2s ledger   ledger-write op=client-1/1 client=client-1 version=1
			3s ledger   ledger-write op=client-1/1 client=client-1 version=2
			4s client-1 write        op=client-1/1
			5s -        end`,
			[]string{"event 3 (the account accepting or refusing the write) is stamped 3s, before the call of the write at 4s"}},
		{"a write whose answer never came, and the next one", `
			1s client-1 write         op=client-1/1
			2s client-1 write-unknown op=client-1/1
			3s ledger   ledger-write  op=client-1/1 client=client-1 version=1
			4s client-1 write         op=client-1/2
			5s ledger   ledger-write-refused op=client-1/2 client=client-1
			6s client-1 write-refused op=client-1/2
			7s -        end`, nil},
		{"a grant before anybody asked", `
			1s lock     granted  grant=a
			2s client-1 acquire  op=client-1/1
			3s client-1 acquired op=client-1/1 grant=a
			4s -        end`,
			[]string{"event 1 (the grant) is stamped 1s, before its client's request for the lock at 2s"}},
		{"a grant by a request from before, that comes late", `
			1s client-1 acquire      op=client-1/1
			2s client-1 not-acquired op=client-1/1
			3s lock     granted      grant=a
			4s client-1 acquire      op=client-1/2
			5s client-1 acquired     op=client-1/2 grant=a
			6s -        end`, nil},
		{"a message that is lost, sent again and arrives", `
			| world=live faults=partition_client-1_|_lock
			1s - fault-applied fault=partition_client-1_|_lock
			> 1s client-1 lock lost=1s again=2s arrived=3s what=SET
			2s - fault-undone fault=partition_client-1_|_lock
			4s - end`, nil},
		{"one that arrives before it was sent again", `
			> 1s client-1 lock lost=1s again=4s arrived=3s what=SET
			5s - end`,
			[]string{"message 1 (its arrival) is stamped 3s, before its retransmission at 4s"}},
		{"live: lost before the links were cut", `
			| world=live faults=partition_client-1_|_lock
			> 1s client-1 lock lost=1s what=SET
			1.001s - fault-applied fault=partition_client-1_|_lock
			4s - end`,
			[]string{"message 1 (its loss) is stamped 1s, before a fault that loses messages at 1.001s"}},
		{"live: lost after they were mended", `
			| world=live faults=partition_client-1_|_lock
			1s - fault-applied fault=partition_client-1_|_lock
			2s - fault-undone  fault=partition_client-1_|_lock
			> 3s client-1 lock lost=3s what=SET
			4s - end`,
			[]string{"message 1 (its loss) is stamped 3s, without a fault that loses messages before it"}},
		{"live: two cuts, one within the other, and a loss after the shorter one", `
			| world=live
			1s - fault-applied fault=partition_client-1_|_lock
			2s - fault-applied fault=partition_client-2_|_lock
			3s - fault-undone  fault=partition_client-2_|_lock
			> 4s client-1 lock lost=4s what=SET
			5s - fault-undone  fault=partition_client-1_|_lock
			> 6s client-1 lock lost=6s what=SET
			7s - end`,
			[]string{"message 2 (its loss) is stamped 6s, without a fault that loses messages before it"}},
		{"live: a host's cable is back a little after it is switched on", `
			| world=live faults=crash_lock
			1s lock fault-applied fault=crash_lock
			2s lock fault-undone  fault=crash_lock
			> 2.1s client-1 lock lost=2.1s what=SET
			4s - end`, nil},
		{"live: a pause loses nothing", `
			| world=live faults=pause_lock
			1s lock fault-applied fault=pause_lock
			> 2s client-1 lock lost=2s what=SET
			4s - end`,
			[]string{"without a fault that loses messages before it"}},
		{"virtual: a message to who has hung up is lost without a fault", `
			> 2s client-1 lock lost=2s fate=lost what=SET
			4s - end`, nil},
	} {
		t.Run(each.name, func(t *testing.T) {
			got := Disorders(historytest.Transcript(t, each.history))
			if len(got) != len(each.want) {
				t.Fatalf("found %q, expected %q", fmt.Sprint(got), each.want)
			}
			for i, d := range got {
				if !strings.Contains(d.String(), each.want[i]) {
					t.Errorf("found:\n   got %s\n  want %s", d, each.want[i])
				}
			}
		})
	}
}
