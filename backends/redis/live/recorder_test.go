//go:build linux

package redislive

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// How a server shows which client sent a command: see redis-server's MONITOR.
const (
	byFirst  = "0 10.77.0.4:50112"
	bySecond = "0 10.77.0.5:50113"
	byScript = "0 lua"
)

func TestTheObserverTellsWhoAskedForARelease(t *testing.T) {
	line := func(from, command string) string { return fmt.Sprintf("+1700000000.000001 [%s] %s", from, command) }
	set := func(from, value string) []string {
		return []string{"set", line(from, `"set" "`+redis.LockKey+`" "`+value+`" "NX" "PX" "10000"`)}
	}
	eval := func(from, value string) string {
		return line(from, `"eval" "if redis.call…" "1" "`+redis.LockKey+`" "`+value+`"`)
	}
	plain := func(from string) []string { return []string{"del", line(from, `"del" "`+redis.LockKey+`"`)} }
	for _, c := range []struct {
		name string
		what [][]string // keyspace events of the lock's key, and MONITOR lines
		want sim.HostID
	}{
		{"the holder, by a script", [][]string{set(byFirst, "a"), {eval(byFirst, "a")}, plain(byScript)}, "client-1"},
		{"another client, by a plain DEL", [][]string{set(byFirst, "a"), plain(bySecond)}, "client-2"},
		{"the script of one counts, not what another asked before it", [][]string{
			set(byFirst, "a"), {eval(bySecond, "b")}, {eval(byFirst, "a")}, plain(byScript)}, "client-1"},
		{"somebody who is no client of the trial", [][]string{set(byFirst, "a"), plain("0 10.77.0.9:4")}, ""},
		{"somebody on the server's own host", [][]string{set(byFirst, "a"), plain("0 unix:/run/redis")}, ""},
	} {
		for _, votes := range []bool{false, true} {
			var seen []sim.Event
			w := newRecorder(func(e sim.Event) { seen = append(seen, e) }, Observation{Votes: votes})
			w.clients = []client{{"client-1", "10.77.0.4"}, {"client-2", "10.77.0.5"}}
			for _, each := range slices.Concat(c.what...) {
				if text, ok := strings.CutPrefix(each, "+"); ok {
					w.line(text)
				} else {
					w.event("__keyevent@0__:"+each, redis.LockKey)
				}
			}
			want := []sim.Event{{Kind: sim.Granted, Grant: "a"}, {Kind: sim.Freed, Grant: "a", Client: c.want}}
			if votes {
				want = []sim.Event{
					{Kind: sim.NodeGranted, Grant: "a"},
					{Kind: sim.NodeEnded, Grant: "a", Client: c.want, Ended: sim.Freed},
				}
			}
			if !slices.EqualFunc(seen, want, func(a, b sim.Event) bool { return reflect.DeepEqual(a, b) }) {
				t.Errorf("%s, votes %t: the observer recorded\n %+v\nwant\n %+v", c.name, votes, seen, want)
			}
		}
	}
}
