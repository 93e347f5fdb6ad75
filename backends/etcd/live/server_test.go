//go:build linux

package etcdlive

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
	clientv3 "go.etcd.io/etcd/client/v3"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, testDuties)) }

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// realServer is the test's own cluster of one member, on a socket in its own directory.
type realServer struct {
	dir     string
	socket  string
	command *exec.Cmd
	admin   *clientv3.Client
	cluster *liveCluster
}

// eachServer runs a test with each kind of etcd server on this machine: the latest with a
// leadership check, and the latest without.
func eachServer(t *testing.T, f func(t *testing.T, p program)) {
	t.Helper()
	found, err := programs()
	livetest.NeedAll(t, err)
	done := map[bool]bool{}
	for _, p := range found {
		if kind := p.version.checksLeadership(); !done[kind] {
			done[kind] = true
			t.Run(p.version.String(), func(t *testing.T) { f(t, p) })
		}
	}
}

// anyServer starts the latest etcd server on this machine.
func anyServer(t *testing.T) *realServer {
	t.Helper()
	found, err := programs()
	livetest.NeedAll(t, err)
	return startServer(t, found[0])
}

func startServer(t *testing.T, p program) *realServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "etcd") // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	s := &realServer{dir: dir, socket: filepath.Join(dir, socketName)}
	if s.admin, err = socketClient(s.socket); err != nil {
		t.Fatal(err)
	}
	s.cluster = &liveCluster{members: []sim.HostID{"etcd-1"}, clients: []*clientv3.Client{s.admin}}
	t.Cleanup(func() {
		s.admin.Close()
		s.kill()
		os.RemoveAll(dir)
	})
	s.run(t, p)
	return s
}

// run runs the server in its directory.
func (s *realServer) run(t *testing.T, p program) {
	t.Helper()
	// Alone it needs no address for others, and it may elect itself at once.
	const nobody = "http://127.0.0.1:1"
	args := append(serverArguments(p, etcd.TimingOf(settings(t, "etcd")), "etcd-1", "127.0.0.1", []string{"etcd-1=" + nobody}),
		"--listen-client-urls", "unix://"+socketName, "--listen-peer-urls", "unix://peer:0",
		"--initial-advertise-peer-urls", nobody, "--heartbeat-interval", "10", "--election-timeout", "100")
	var output bytes.Buffer
	s.command = exec.Command(args[0], args[1:]...)
	s.command.Dir, s.command.Stdout, s.command.Stderr = s.dir, &output, &output
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := live.Await(ctx, "start "+p.String(), nil, func() error { return s.cluster.agreed(ctx) }); err != nil {
		s.kill()
		t.Fatalf("%v; it printed:\n%s", err, &output)
	}
}

func (s *realServer) kill() {
	s.command.Process.Kill()
	s.command.Wait()
}

// settings reads a spec, under a lease of ten seconds.
func settings(t rapid.TB, spec string) backends.Settings {
	t.Helper()
	_, s := locktest.Parse(t, spec, 10*time.Second, true, Backend{})
	return s
}

// port returns a host's port to the server.
func (s *realServer) port(t rapid.TB, h wire.Host) *clientPort {
	t.Helper()
	p, err := newPort(h, 2*time.Hour, "unix", s.socket)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
