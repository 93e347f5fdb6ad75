//go:build linux

package etcdlive

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/etcd"
)

func TestWhichVersionsCheckTheirLeadershipBeforeTheyEndLeases(t *testing.T) {
	for _, c := range []struct {
		version version
		want    bool
	}{
		{version{3, 4, 23}, false}, {version{3, 4, 30}, false}, {version{3, 4, 31}, true},
		{version{3, 5, 0}, false}, {version{3, 5, 12}, false}, {version{3, 5, 13}, true},
		{version{3, 6, 0}, true}, {version{3, 7, 3}, true}, {version{4, 0, 0}, true},
	} {
		if got := c.version.checksLeadership(); got != c.want {
			t.Errorf("%v: %t, expected %t", c.version, got, c.want)
		}
	}
}

// fakeServer is a program that pretends to be an etcd server and says why it cannot run as one.
func fakeServer(t *testing.T, version string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "etcd")
	script := "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'etcd Version: " + version + "'; exit; fi\n" +
		"echo 'the disk is full'; exit 1\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheServerIsChosenByWhatTheOptionsSayOfIt(t *testing.T) {
	old, fixed := fakeServer(t, "3.4.23"), fakeServer(t, "3.5.13")
	for _, c := range []struct{ servers, spec, want, check string }{
		{old + ":" + fixed, "etcd", "3.5.13", "on"},
		{old + ":" + fixed, "etcd+leadership-check-on-revoke=off", "3.4.23", "off"},
		{old, "etcd", "3.4.23", "off"}, // nobody asked for the check, so the model goes without
		{fixed, "etcd+recheck=off", "3.5.13", "on"},
		{old, "etcd+leadership-check-on-revoke", "", ""},
		{fixed, "etcd+leadership-check-on-revoke=off", "", ""},
	} {
		t.Setenv(serversVar, c.servers)
		s := settings(t, c.spec)
		p, err := Backend{}.LiveSettings(s)
		if missing := (Backend{}).Missing(s); (missing == nil) != (c.want != "") || (err == nil) != (missing == nil) {
			t.Errorf("%s: %v, and its profile: %v", c.spec, missing, err)
		}
		if c.want == "" {
			if err == nil || !strings.Contains(err.Error(), "leadership-check-on-revoke") || !strings.Contains(err.Error(), serversVar) {
				t.Errorf("%s: the error does not say what to do: %v", c.spec, err)
			}
			continue
		}
		chosen, err := choose(p)
		if err != nil || chosen.version.String() != c.want || p.On(etcd.OptionLeadership) != (c.check == "on") {
			t.Errorf("%s runs with %v, check %t, error %v; expected %s, %s", c.spec, chosen, p.On(etcd.OptionLeadership), err, c.want, c.check)
		}
		if got := etcd.TimingOf(p); got.Election != 500*time.Millisecond {
			t.Errorf("%s: the model elects as if members waited for %v, and the real ones wait for 500ms", c.spec, got.Election)
		}
	}
}

func TestAnElectionTimeoutThatWasAskedForStays(t *testing.T) {
	s := settings(t, "etcd+election-timeout=1000ms")
	if got := etcd.TimingOf(quick(s)); got.Election != time.Second || got.Heartbeat != 100*time.Millisecond {
		t.Errorf("members are run with %+v", got)
	}
}

func TestAMissingServerProgramIsNamedWithWhatToDo(t *testing.T) {
	t.Setenv(serversVar, "")
	t.Setenv("PATH", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if err := (Backend{}).Missing(settings(t, "etcd")); err == nil || !strings.Contains(err.Error(), "etcd-server") {
		t.Errorf("on a machine without etcd: %v", err)
	}
	t.Setenv(serversVar, "/nowhere/etcd")
	if err := (Backend{}).Missing(settings(t, "etcd")); err == nil || !strings.Contains(err.Error(), "/nowhere/etcd") {
		t.Errorf("with an etcd that does not exist: %v", err)
	}
	t.Setenv(serversVar, "/bin/true")
	if err := (Backend{}).Missing(settings(t, "etcd")); err == nil || !strings.Contains(err.Error(), "/bin/true") {
		t.Errorf("with a program that is no etcd: %v", err)
	}
}
