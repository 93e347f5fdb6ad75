//go:build linux

package zookeeperlive

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/zookeeper"
)

// settings reads a spec, under a lease of ten seconds.
func settings(t *testing.T, spec string) backends.Settings {
	t.Helper()
	_, s := locktest.Parse(t, spec, 10*time.Second, true, Backend{})
	return s
}

func TestWhatIsMissingIsNamedWithWhatToDo(t *testing.T) {
	s, empty := settings(t, "zookeeper"), t.TempDir()
	missing := func(what string) {
		t.Helper()
		if err := (Backend{}).Missing(s); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("Missing = %v, expected something about %s", err, what)
		}
	}
	t.Setenv("PATH", empty)
	t.Setenv("JAVA_HOME", "")
	missing("default-jre-headless")
	t.Setenv("JAVA_HOME", empty)
	missing("JAVA_HOME=" + empty)

	if err := os.Mkdir(filepath.Join(empty, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(empty, "bin", "java"), nil, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv(classpathVar, "/nowhere/zookeeper.jar")
	missing(classpathVar + "=/nowhere/zookeeper.jar")
	t.Setenv(classpathVar, empty)
	missing("no unpacked ZooKeeper release")

	jar := filepath.Join(empty, "lib", "zookeeper-3.9.3.jar")
	if err := os.Mkdir(filepath.Dir(jar), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(jar, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Backend{}).Missing(s); err != nil {
		t.Errorf("with java and an unpacked release: %v", err)
	}
	t.Setenv(classpathVar, jar)
	if err := (Backend{}).Missing(s); err != nil {
		t.Errorf("with java and a classpath: %v", err)
	}
	if err := (Backend{}).Missing(settings(t, "zookeeper+wall-clock-sessions")); err == nil || !strings.Contains(err.Error(), "virtual world only") {
		t.Errorf("sessions on the wall clock with a present server: %v", err)
	}
}

func TestASyncLimitBelowATickIsForTheVirtualWorld(t *testing.T) {
	err := (Backend{}).Missing(settings(t, "zookeeper+tick=500ms+sync-limit=333ms"))
	if err == nil || !strings.Contains(err.Error(), "sync-limit in whole ticks, and it is 333ms, with ticks of 500ms") {
		t.Errorf("Missing = %v", err)
	}
}

func TestTheSyncLimitIsKeptAtTheExpenseOfTheTick(t *testing.T) {
	for _, c := range []struct{ tick, sync, wantTick, wantSync time.Duration }{
		{400, 600, 200, 600},
		{200, 1000, 200, 1000},
		{300, 400, 100, 400},
		{500, 333, 500, 500}, // the minimum is one tick
		{200, 470, 200, 400},
	} {
		tick, n := ticks(zookeeper.Timing{Tick: c.tick * time.Millisecond, SyncLimit: c.sync * time.Millisecond})
		if tick != c.wantTick*time.Millisecond || time.Duration(n)*tick != c.wantSync*time.Millisecond {
			t.Errorf("tick %d, sync limit %d: %d ticks of %v, expected %d ms of %d ms", c.tick, c.sync, n, tick, c.wantSync, c.wantTick)
		}
	}
}
