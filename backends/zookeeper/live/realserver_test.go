//go:build linux

package zookeeperlive

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim/live/livetest"
	"pgregory.net/rapid"
)

const (
	loopback = "127.0.0.1"
	patience = 10 * time.Second
	// realTTL is short, because these tests wait for sessions to end in real time.
	realTTL = time.Second
	// unhurriedTTL is for sessions that must end only when their client says so, however busy the
	// machine is meanwhile.
	unhurriedTTL = time.Minute
)

// byCzxid makes a token as the option's default does.
var byCzxid = zookeeper.TokenFrom("czxid")

func TestMain(m *testing.M) {
	status := livetest.Main(m, testDuties)
	if stopShared != nil {
		stopShared()
	}
	os.Exit(status)
}

// realServer is an ensemble of one that the tests share, because it takes a second to start.
type realServer struct {
	process *os.Process
	logs    []string
	admin   *zk.Conn
}

var (
	shared     = sync.OnceValues(startShared)
	stopShared func()
)

// sharedServer returns the server, without any znode of an earlier test.
func sharedServer(t *testing.T) *realServer {
	t.Helper()
	livetest.Need(t)
	livetest.NeedAll(t, Backend{}.Missing(realSettings(t, "zookeeper")))
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	s.clear(t)
	return s
}

func startShared() (*realServer, error) {
	dir, err := os.MkdirTemp("", "zookeeper")
	if err != nil {
		return nil, err
	}
	spec, err := backends.Registry{Backend{}}.ParseSpec("zookeeper")
	if err != nil {
		return nil, err
	}
	set, err := spec.Settings(realTTL, true)
	if err != nil {
		return nil, err
	}
	if err := writeConfiguration(dir, 1, loopback, []string{loopback}, zookeeper.TimingOf(set)); err != nil {
		return nil, err
	}
	if err := allowLongSessions(filepath.Join(dir, configuration)); err != nil {
		return nil, err
	}
	argv, err := serverCommand(zookeeper.TimingOf(set))
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stopShared = func() { cmd.Process.Kill(); cmd.Wait(); os.RemoveAll(dir) }
	s := &realServer{process: cmd.Process, logs: []string{filepath.Join(dir, logDir)}}
	conn, events, err := zk.Connect([]string{sharedAddress()[0]}, 30*time.Second, zk.WithLogger(silent{}), zk.WithLogInfo(false))
	if err != nil {
		return nil, err
	}
	s.admin = conn
	for deadline := time.After(30 * time.Second); ; {
		select {
		case e := <-events:
			if e.State == zk.StateHasSession {
				return s, nil
			}
		case <-deadline:
			return nil, fmt.Errorf("ZooKeeper does not answer")
		}
	}
}

// allowLongSessions lets clients ask for more than the usual 20 ticks. The last line of a
// configuration wins.
func allowLongSessions(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, fmt.Appendf(text, "maxSessionTimeout=%d\n", unhurriedTTL.Milliseconds()), 0o600)
}

func sharedAddress() []string { return []string{net.JoinHostPort(loopback, clientPort)} }

// clear creates the lock's znode anew.
func (s *realServer) clear(t rapid.TB) {
	t.Helper()
	names, _, err := s.admin.Children(zookeeper.LockPath)
	if err == nil {
		for _, name := range names {
			if err := s.admin.Delete(zookeeper.LockPath+"/"+name, -1); err != nil && err != zk.ErrNoNode {
				t.Fatal(err)
			}
		}
		err = s.admin.Delete(zookeeper.LockPath, -1)
	}
	if err != nil && err != zk.ErrNoNode {
		t.Fatal(err)
	}
	if err := createParent(s.admin, zookeeper.LockPath, false); err != nil {
		t.Fatal(err)
	}
}

// children lists the znodes that the server has.
func (s *realServer) children(t rapid.TB) []string {
	t.Helper()
	names, _, err := s.admin.Children(zookeeper.LockPath)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// open returns a host's session on the shared server.
func open(t rapid.TB, h wire.Host, dial zk.Dialer) *libraryPort {
	t.Helper()
	return openFor(t, h, realTTL, dial)
}

// openFor returns a host's session of this length.
func openFor(t rapid.TB, h wire.Host, ttl time.Duration, dial zk.Dialer) *libraryPort {
	t.Helper()
	s := realSettings(t, "zookeeper")
	s.TTL = ttl
	p, err := connect(h, sharedAddress(), s, false, dial)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func realSettings(t rapid.TB, text string) backends.Settings {
	t.Helper()
	_, s := locktest.Parse(t, text, realTTL, true, Backend{})
	return s
}
