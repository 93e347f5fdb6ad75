//go:build linux

package live_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

func TestHostsReachEachOtherAndNothingElse(t *testing.T) {
	lab := newLab(t, "client-1", "server-1")
	a, b := lab.Agent("client-1"), lab.Agent("server-1")
	if a.Address() != "10.77.0.1" || lab.Address("server-1") != "10.77.0.2" {
		t.Fatalf("addresses %s and %s", a.Address(), lab.Address("server-1"))
	}
	listen := func(in func(func() error) error, address string) net.Listener {
		var l net.Listener
		err := in(func() (err error) { l, err = net.Listen("tcp", address); return err })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				io.WriteString(c, "hello")
				c.Close()
			}
		}()
		return l
	}
	server := listen(b.In, b.Address()+":0").Addr().String()
	harness := listen(func(f func() error) error { return f() }, "127.0.0.1:0").Addr().String()

	conn, err := a.Dial(t.Context(), "tcp", server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if said, err := io.ReadAll(conn); err != nil || string(said) != "hello" {
		t.Errorf("the server said %q, %v", said, err)
	}
	for name, dial := range map[string]func() (net.Conn, error){
		"a host reaches the harness":    func() (net.Conn, error) { return a.Dial(t.Context(), "tcp", harness) },
		"a host reaches the internet":   func() (net.Conn, error) { return a.Dial(t.Context(), "tcp", "192.0.2.1:80") },
		"the harness reaches a host":    func() (net.Conn, error) { return net.DialTimeout("tcp", server, time.Second) },
		"a name is looked up from here": func() (net.Conn, error) { return a.Dial(t.Context(), "tcp", "localhost:80") },
	} {
		if c, err := dial(); err == nil {
			c.Close()
			t.Error(name)
		}
	}
}

func TestPausedHostMakesNoProgress(t *testing.T) {
	lab := newLab(t, "server-1")
	a := lab.Agent("server-1")
	count := filepath.Join(lab.Dir("server-1"), "count")
	// The process that counts is a child of the process that was started, in a session and
	// process group of its own.
	loop := `i=0; while :; do i=$((i+1)); echo $i > count; done`
	if _, err := a.Start("counter", []string{"sh", "-c", "setsid sh -c '" + loop + "' & wait"}); err != nil {
		t.Fatal(err)
	}
	read := func() []byte { text, _ := os.ReadFile(count); return text }
	eventually(t, "the counter counts", func() bool { return len(read()) > 0 })
	if err := a.Paused(); err == nil || !strings.Contains(err.Error(), "expected T") {
		t.Fatalf("a host that runs is said to be paused: %v", err)
	}
	for range 10 {
		if err := a.Pause(); err != nil {
			t.Fatal(err)
		}
		if err := a.Paused(); err != nil {
			t.Fatal(err)
		}
		before := read()
		time.Sleep(10 * time.Millisecond) // long enough to count by hundreds
		if after := read(); !bytes.Equal(before, after) {
			t.Fatalf("while it was paused it counted from %q to %q", before, after)
		}
		if _, err := a.Start("late", []string{"sh"}); err == nil {
			t.Fatal("a process could be started on a paused host")
		}
		if err := a.Resume(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the counter goes on", func() bool { return !bytes.Equal(before, read()) })
	}
	if err := a.Pause(); err != nil { // Close must also end stopped processes
		t.Fatal(err)
	}
}

func TestEmptyHostCannotBePaused(t *testing.T) {
	a := newLab(t, "server-1").Agent("server-1")
	wantError(t, a.Pause(), "server-1", "no process")
	wantError(t, a.Paused(), "server-1", "no process")
}

func TestProgramThatIsNotThereIsNamed(t *testing.T) {
	a := newLab(t, "server-1").Agent("server-1")
	_, err := a.Start("redis-server", []string{"no-such-redis-server"})
	wantError(t, err, "start redis-server on host server-1", "no-such-redis-server", "install")
}

func TestHostNamesAreUniqueAndUsable(t *testing.T) {
	lab := newLab(t, "client-1")
	for _, id := range []sim.HostID{"client-1", "", "a/b", ".."} {
		if _, err := lab.AddHost(id); err == nil {
			t.Errorf("a second or unusable host %q was added", id)
		}
	}
}

func TestLabClosesTwice(t *testing.T) {
	livetest.Need(t)
	before := census(t).processes
	lab := newLab(t, "server-1")
	a, dir := lab.Agent("server-1"), lab.Dir("server-1")
	p, err := a.Start("stubborn", []string{"sh", "-c", "trap '' TERM INT HUP; sleep 1000 & sleep 1000"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := lab.Close(); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-p.Done():
	default:
		t.Error("a process has outlived its lab")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the scratch directory is still there: %v", err)
	}
	if _, err := a.Start("late", []string{"sh"}); err == nil {
		t.Error("a process could be started in a closed lab")
	}
	if _, err := lab.AddHost("late"); err == nil {
		t.Error("a host could be added to a closed lab")
	}
	if after := census(t).processes; after != before {
		t.Errorf("%d processes before, %d after", before, after)
	}
}

func TestLabsStandSideBySide(t *testing.T) {
	const labs = 6
	var all sync.WaitGroup
	for i := range labs {
		lab := newLab(t, "client-1", "server-1")
		client, server := lab.Agent("client-1"), lab.Agent("server-1")
		all.Go(func() {
			var l net.Listener
			err := server.In(func() (err error) { l, err = net.Listen("tcp", server.Address()+":7000"); return err })
			if err != nil { // the same address and port in every lab
				t.Error(err)
				return
			}
			defer l.Close()
			go func() {
				if c, err := l.Accept(); err == nil {
					fmt.Fprint(c, i)
					c.Close()
				}
			}()
			conn, err := client.Dial(t.Context(), "tcp", server.Address()+":7000")
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			if said, _ := io.ReadAll(conn); string(said) != fmt.Sprint(i) {
				t.Errorf("lab %d reached the server of lab %s", i, said)
			}
		})
	}
	all.Wait()
}

func TestManyLabsLeaveNothing(t *testing.T) {
	trial := func() {
		lab := newLab(t, "client-1", "server-1")
		startDuty(t, lab, "client-1", "client", nil)
		// A server whose child briefly outlives it, and an orphan.
		if _, err := lab.Agent("server-1").Start("server", []string{"sh", "-c", "sleep 1000 & (sleep 1000 &) ; wait"}); err != nil {
			t.Fatal(err)
		}
		if _, err := live.NewWorld(lab, nil).Run(t.Context(), time.Minute, []sim.HostID{"client-1"}); err != nil {
			t.Fatal(err)
		}
		if err := lab.Close(); err != nil {
			t.Fatal(err)
		}
	}
	trial()
	before := census(t)
	for range 50 {
		trial()
	}
	after := census(t)
	after.threads = min(after.threads, before.threads+8) // the Go runtime keeps idle threads
	before.threads = after.threads
	if after != before {
		t.Errorf("before 50 labs %+v, after them %+v", before, after)
	}
}

// count is what a process could leak.
type count struct{ files, namespaces, threads, processes int }

func census(t *testing.T) (c count) {
	t.Helper()
	list := func(pattern string) []string {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	spaces := make(map[string]bool)
	for _, fd := range list("/proc/self/fd/*") {
		if to, err := os.Readlink(fd); err == nil {
			c.files++
			if strings.HasPrefix(to, "net:") {
				spaces[to] = true
			}
		}
	}
	for _, task := range list("/proc/self/task/*/ns/net") {
		c.threads++
		if to, err := os.Readlink(task); err == nil {
			spaces[to] = true
		}
	}
	c.namespaces = len(spaces)
	c.processes = len(list("/proc/[0-9]*"))
	return c
}
