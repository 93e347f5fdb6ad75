//go:build linux

package zookeeperlive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/livetest"
	"golang.org/x/sys/unix"
)

// kill kills the server on a host and waits until it is gone.
func (b bench) kill(id sim.HostID) {
	b.Helper()
	find := func() (pid int) {
		links, _ := filepath.Glob("/proc/[0-9]*/cwd")
		for _, link := range links {
			if dir, err := os.Readlink(link); err == nil && dir == b.Live.Dir(id) {
				pid, _ = strconv.Atoi(strings.Split(link, "/")[2])
			}
		}
		return pid
	}
	pid := find()
	if pid == 0 {
		b.Fatalf("no server runs on %s", id)
	}
	if err := unix.Kill(pid, unix.SIGKILL); err != nil {
		b.Fatal(err)
	}
	livetest.Eventually(b, "the killed server is gone", func() bool { return find() == 0 })
}

// dial returns a dialer that starts from a client's host.
func (b bench) dial(from sim.HostID) zk.Dialer {
	return func(network, address string, timeout time.Duration) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(b.Ctx, timeout)
		defer cancel()
		return b.Live.Agent(from).Dial(ctx, network, address)
	}
}

// leader returns the server that leads, or "".
func (b bench) leader() sim.HostID {
	b.Helper()
	leader := b.Who(sim.Leader)
	if len(leader) == 0 {
		return ""
	}
	return leader[0]
}

func TestTheObserverSeesOneOrderAcrossTheCrashOfALeader(t *testing.T) { // Z7
	t.Parallel()
	b := newBench(t, "zookeeper", "client-1")
	b.Start()
	var logs, addresses []string
	for _, id := range (Backend{}).Servers(b.Settings) {
		logs = append(logs, filepath.Join(b.Live.Dir(id), logDir))
		addresses = append(addresses, net.JoinHostPort(b.Live.Address(id), clientPort))
	}
	var seen []string
	w := &logRecorder{token: byCzxid, record: func(e sim.Event) {
		seen = append(seen, fmt.Sprintf("%s %s", e.Kind, e.Grant))
	}}
	old := b.leader()
	var expected []string
	realtime.Run("client-1", func(h *realtime.Host) {
		p, err := connect(h, addresses, b.Settings, false, b.dial("client-1"))
		if err != nil {
			t.Fatal(err)
		}
		defer p.close()
		cycle := func() {
			own, err := p.Create(zookeeper.LockPath+"/a-", patience)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Delete(own.Path, patience); err != nil {
				t.Fatal(err)
			}
			expected = append(expected, "granted "+own.Grant(), "freed "+own.Grant())
		}
		cycle()
		b.kill(old)
		livetest.Eventually(t, "another server leads", func() bool { now := b.leader(); return now != "" && now != old })
		livetest.Eventually(t, "the client is connected again", func() bool { return p.Session().Connected })
		cycle()
	})
	b.restart(old)
	b.Reset()
	if err := w.takeIn(newEnsembleLog(logs)); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(seen, "\n"), strings.Join(expected, "\n"); got != want {
		t.Errorf("seen:\n%s\nexpected:\n%s", got, want)
	}
}

// restart starts the server on a host again, on what it has written.
func (b bench) restart(id sim.HostID) {
	b.Helper()
	command, err := serverCommand(zookeeper.TimingOf(b.Settings))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := b.Live.Agent(id).Start("zookeeper", command); err != nil {
		b.Fatal(err)
	}
}

func TestResetRemovesWhatATrialLeftBehind(t *testing.T) {
	t.Parallel()
	b := newBench(t, "zookeeper+servers=1")
	b.Start()
	e := newRealEnsemble(b.Live, Backend{}.Servers(b.Settings))
	conn, err := e.session(b.Ctx, e.members...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Create(zookeeper.LockPath+"/left-", nil, zk.FlagSequence, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(b.Ctx, 100*time.Millisecond)
	defer cancel()
	if err := (Backend{}).Reset(short, b.Live, b.Settings); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Reset while a client is still connected: %v", err)
	}
	conn.Close()
	b.Reset()
	if conn, err = e.session(b.Ctx, e.members...); err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if name, err := conn.Create(zookeeper.LockPath+"/new-", nil, zk.FlagSequence, zk.WorldACL(zk.PermAll)); err != nil || name != zookeeper.LockPath+"/new-0000000000" {
		t.Errorf("the first znode after Reset is %s, %v", name, err)
	}
}
