//go:build linux

package redislive

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim/live/livetest"
	goredis "github.com/redis/go-redis/v9"
	"pgregory.net/rapid"
)

// realServer is a redis-server of the test's own, on a socket in a directory of its own.
type realServer struct {
	process *os.Process
	socket  string
	admin   *goredis.Client
}

func startServer(t *testing.T) *realServer {
	t.Helper()
	program, err := ServerProgram()
	livetest.NeedAll(t, err)
	dir, err := os.MkdirTemp("", "redis") // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	s := &realServer{socket: filepath.Join(dir, "socket")}
	config := filepath.Join(dir, configFile)
	own := []ServerSetting{{"port", "0"}, {"unixsocket", s.socket}, {"dir", dir}}
	if err := WriteConfig(config, serverSettings(redis.DurabilityNone, own...)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, config)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.process = cmd.Process
	s.admin = goredis.NewClient(&goredis.Options{Network: "unix", Addr: s.socket})
	t.Cleanup(func() {
		s.admin.Close()
		s.process.Kill()
		cmd.Wait()
		os.RemoveAll(dir)
	})
	livetest.Eventually(t, "redis-server answers", func() bool { return s.admin.Ping(t.Context()).Err() == nil })
	return s
}

func (s *realServer) now(t rapid.TB) time.Time {
	t.Helper()
	now, err := s.admin.Time(context.Background()).Result()
	if err != nil {
		t.Fatal(err)
	}
	return now
}
