//go:build linux

package redislive

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// transcript collects what a recorder records, one line per event.
type transcript struct {
	mu    sync.Mutex
	lines []string
}

func (r *transcript) record(_ time.Duration, e sim.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	line := fmt.Sprintf("%s %s", e.Kind, e.Grant)
	if e.Token != 0 {
		line += fmt.Sprintf(" token %d", e.Token)
	}
	r.lines = append(r.lines, line)
}

func (r *transcript) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, ", ")
}

// Even on a server whose keyspace events are off, the observer finds out what each command did to
// the lock.
func TestAttachedObserverKnowsWhatCommandsDid(t *testing.T) {
	s := startServer(t)
	if err := s.admin.ConfigSet(t.Context(), "notify-keyspace-events", "").Err(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	seen := &transcript{}
	spec := attachedSpec{Network: "unix", Address: s.socket, Prefix: "locklab-test-"}
	o, err := openAttached(spec, newAttachedRecorder(spec, func() time.Duration { return time.Since(began) }, seen.record))
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	stopped, ended := make(chan struct{}), make(chan error, 1)
	go o.poll(stopped)
	go func() { ended <- o.follow() }()

	const short, long, timeout = 150 * time.Millisecond, time.Minute, 10 * time.Second
	realtime.Run("client-1", func(h *realtime.Host) {
		p := Under(spec.Prefix, newPort(h, "unix", s.socket))
		must := func(want bool) func(bool, error) {
			return func(got bool, err error) {
				t.Helper()
				if err != nil || got != want {
					t.Fatalf("the server says %t (%v), want %t", got, err, want)
				}
			}
		}
		must(true)(p.SetNX(redis.LockKey, "a", short, timeout))
		must(false)(p.SetNX(redis.LockKey, "b", long, timeout))
		for ok := false; !ok; { // until the lease of a runs out
			if ok, err = p.SetNX(redis.LockKey, "c", long, timeout); err != nil {
				t.Fatal(err)
			}
		}
		must(false)(p.CompareAndDelete(redis.LockKey, "a", timeout))
		must(true)(p.CompareAndExpire(redis.LockKey, "c", long, timeout))
		must(true)(p.CompareAndDelete(redis.LockKey, "c", timeout))
		for _, grant := range []string{"d", "e"} {
			if _, ok, err := p.SetNXWithToken(redis.LockKey, redis.CounterKey, grant, long, timeout); err != nil || !ok {
				t.Fatalf("the server gives no lock with a token: %t, %v", ok, err)
			}
			must(true)(p.Delete(redis.LockKey, timeout))
		}
		must(true)(p.SetNX(redis.LockKey, "f", long, timeout))
	})
	if err := s.admin.Del(t.Context(), spec.Prefix+redis.LockKey, "somebody:else").Err(); err != nil {
		t.Fatal(err)
	}
	close(stopped)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	want := "granted a, expired a, granted c, extended c, freed c, granted d token 1, freed d, granted e token 2, freed e, granted f, freed f"
	if got := seen.text(); got != want {
		t.Errorf("the observer recorded\n %s\nwant\n %s", got, want)
	}
}

// The lines between a SET and the answer to the question about it also settle the SET.
func TestAttachedRecorderSettlesSetsByWhatFollows(t *testing.T) {
	const key = "x-" + redis.LockKey
	set := func(v string) string { return fmt.Sprintf(`1.0 [0 h:1] "SET" "%s" "%s" "NX" "PX" "1000"`, key, v) }
	eval := func(v string) string { return fmt.Sprintf(`1.0 [0 h:1] "EVAL" "…" "1" "%s" "%s"`, key, v) }
	inScript := fmt.Sprintf(`1.0 [0 lua] "del" "%s"`, key)
	plain := fmt.Sprintf(`1.0 [0 h:1] "DEL" "%s"`, key)
	answer := func(v string) string { return "=" + v }
	for _, c := range []struct {
		name string
		what []string // lines; "=" is an answer, "+" lets time pass
		want string
	}{
		{"the first of two gets it", []string{set("a"), set("b"), answer("a")}, "granted a"},
		{"the second, because the first came too early", []string{set("a"), answer("a"), "+2s", set("b"), answer("b")}, "granted a, expired a, granted b"},
		{"gone before its time: somebody has deleted it", []string{set("a"), answer("a"), answer("")}, "granted a, forgotten a"},
		{"gone when its time is up", []string{set("a"), answer("a"), "+2s", answer("")}, "granted a, expired a"},
		{"released before the answer", []string{set("a"), eval("a"), inScript}, "granted a, freed a"},
		{"deleted by anybody before the answer", []string{set("a"), set("b"), plain}, "granted a, freed a"},
		{"a script that compared in vain", []string{set("a"), answer("a"), eval("b"), answer("a")}, "granted a"},
		{"keys of others", []string{`1.0 [0 h:1] "SET" "account" "a" "NX" "PX" "1000"`, answer("")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			now, seen := time.Duration(0), &transcript{}
			w := newAttachedRecorder(attachedSpec{Prefix: "x-"}, func() time.Duration { return now }, seen.record)
			for _, each := range c.what {
				if wait, ok := strings.CutPrefix(each, "+"); ok {
					d, err := time.ParseDuration(wait)
					if err != nil {
						t.Fatal(err)
					}
					now += d
					continue
				}
				if value, ok := strings.CutPrefix(each, "="); ok {
					if err := w.answer(value); err != nil {
						t.Fatal(err)
					}
					continue
				}
				w.line(each)
			}
			if got := seen.text(); got != c.want {
				t.Errorf("recorded %q, want %q", got, c.want)
			}
		})
	}
}

func TestAttachedRecorderRefusesAKeyThatSomebodyElseWrote(t *testing.T) {
	w := newAttachedRecorder(attachedSpec{Prefix: "x-"}, func() time.Duration { return 0 }, new(transcript).record)
	if err := w.answer("strange"); err == nil {
		t.Error("the lock's key holds what no client has put there, and nothing is said of it")
	}
}
