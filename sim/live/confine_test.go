//go:build linux

package live_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/confine"
)

// tell runs a shell script on a host and returns its output.
func tell(t *testing.T, a *live.Agent, script string, options ...live.StartOption) string {
	t.Helper()
	p, err := a.Start("server", []string{"sh", "-c", script}, options...)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Done():
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
	return p.Output()
}

// needOwn skips the test where servers cannot have a user of their own. If this process is run
// by an ordinary user, servers run as that user.
func needOwn(t *testing.T) {
	if err := confine.OwnUser(); err != nil {
		t.Skip(err)
	}
}

func needLandlock(t *testing.T) {
	if err := confine.OwnFiles(); err != nil {
		t.Skip(err)
	}
}

// ordinary reports whether the harness can only run programs as its own user.
func ordinary(t *testing.T) bool {
	text, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		t.Fatal(err)
	}
	return strings.HasSuffix(strings.TrimSpace(string(text)), " 1")
}

func TestServersAreNotRootAndHaveNoRights(t *testing.T) {
	needOwn(t)
	lab := newLab(t, "server-1", "server-2")
	const script = `id -u; grep -E '^(CapPrm|CapEff|CapAmb|NoNewPrivs|Groups):' /proc/self/status; pwd; echo $HOME; touch here && echo wrote`
	said := tell(t, lab.Agent("server-1"), script)
	dir := lab.Dir("server-1")
	want := "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\n" + dir + "\n" + dir + "\nwrote\n"
	uid, rest, _ := strings.Cut(said, "\n")
	groups, rest, _ := strings.Cut(rest, "\n")
	if !ordinary(t) && (uid == "0" || strings.TrimSpace(groups) != "Groups:" || rest != want) {
		t.Errorf("it says\n%s\nwant somebody who is not root, and\n%s", said, want)
	}
	if !strings.Contains(rest, "NoNewPrivs:\t1\n") || !strings.HasSuffix(rest, "wrote\n") {
		t.Errorf("it says\n%s", said)
	}
	// Servers on other hosts cannot look into the directory.
	if err := os.WriteFile(filepath.Join(dir, "data"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, script := range map[string]string{
		"read":  "cat ../server-1/data",
		"list":  "ls ../server-1",
		"write": "echo x > ../server-1/data",
		"kill":  fmt.Sprintf("kill -0 %d && echo mine", startSleeper(t, lab.Agent("server-1"))),
	} {
		if said := tell(t, lab.Agent("server-2"), script); !ordinary(t) && !strings.Contains(strings.ToLower(said), "not permitted") && !strings.Contains(said, "denied") {
			t.Errorf("another host's server could %s: it says %q", what, said)
		}
	}
}

// startSleeper starts a process that stays, and returns its pid.
func startSleeper(t *testing.T, a *live.Agent) int {
	t.Helper()
	p, err := a.Start("sleeper", []string{"sleep", "1000"})
	if err != nil {
		t.Fatal(err)
	}
	return p.Pid()
}

// Files outside the system's folders are invisible, even if everybody may read them.
func TestServersSeeTheirProgramAndNoFilesOfPeople(t *testing.T) {
	needLandlock(t)
	lab := newLab(t, "server-1")
	a := lab.Agent("server-1")
	outside := openDir(t)
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o666); err != nil {
		t.Fatal(err)
	}
	for what, script := range map[string]string{"read": "cat " + secret, "list": "ls " + outside, "write": "echo x > " + secret, "make": "echo x > " + outside + "/new", "list homes": "ls /root /home"} {
		if said := tell(t, a, script); !strings.Contains(said, "denied") {
			t.Errorf("a server can %s: it says %q", what, said)
		}
	}
	if said := tell(t, a, "cat "+secret, live.Needs(secret)); said != "secret" {
		t.Errorf("a server that needs a file reads %q", said)
	}
	// The harness itself is unchanged, and so are its other threads.
	for range 50 {
		if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tasks, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil || len(tasks) == 0 {
		t.Fatal(tasks, err)
	}
	for _, task := range tasks {
		if text, err := os.ReadFile(task); err == nil && !strings.Contains(string(text), "NoNewPrivs:\t0") {
			t.Errorf("%s: a thread of the harness is restricted", task)
		}
	}
}

// A program of the user's own runs from where it is, together with the files next to it, even if
// its folder is closed to others.
func TestServersRunFromFoldersOfTheirOwn(t *testing.T) {
	lab := newLab(t, "server-1")
	for name, mode := range map[string]os.FileMode{"open": 0o755, "closed": 0o700} {
		home := openDir(t)
		bin := filepath.Join(home, "redis", "bin")
		for _, dir := range []string{bin, filepath.Join(home, "redis", "lib")} {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		program := filepath.Join(bin, "server")
		for path, text := range map[string]string{program: "#!/bin/sh\ncat \"$(dirname \"$0\")/../lib/part\"\n", filepath.Join(home, "redis", "lib", "part"): "part of " + name} {
			if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(home, mode); err != nil {
			t.Fatal(err)
		}
		p, err := lab.Agent("server-1").Start("server", []string{program})
		if err != nil {
			t.Fatal(err)
		}
		<-p.Done()
		if said := p.Output(); said != "part of "+name {
			t.Errorf("in a folder that is %s it says %q", name, said)
		}
	}
}

// Servers get the environment variables that programs need, and none of the user's others.
func TestServersDoNotGetTheUsersEnvironment(t *testing.T) {
	t.Setenv("SECRET_TOKEN", "secret")
	t.Setenv("LC_TIME", "C")
	said := tell(t, newLab(t, "server-1").Agent("server-1"), "env", live.WithEnv("COLOUR=green"))
	if strings.Contains(said, "SECRET_TOKEN") || !strings.Contains(said, "LC_TIME=C\n") || !strings.Contains(said, "COLOUR=green\n") || !strings.Contains(said, "PATH=") {
		t.Errorf("its environment is\n%s", said)
	}
}

// Faults also work on servers that run as another user.
func TestServersOfTheirOwnUserArePausedAndTheirClocksStepped(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "server-1")
	a := lab.Agent("server-1")
	pid := startSleeper(t, a)
	var st unix.Stat_t
	if err := unix.Stat(fmt.Sprintf("/proc/%d", pid), &st); err != nil || confine.OwnUser() == nil && !ordinary(t) && st.Uid == 0 {
		t.Errorf("it belongs to user %d (%v)", st.Uid, err)
	}
	if _, err := a.StepWall(time.Hour); err != nil {
		t.Error(err)
	}
	p, err := a.Start("server", []string{"date", "+%s"}) // with a clock that is shifted from the start
	if err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	late := p.Output()
	var seconds int64
	if _, err := fmt.Sscan(late, &seconds); err != nil || time.Until(time.Unix(seconds, 0)) < 50*time.Minute {
		t.Errorf("a program that is started on a host an hour ahead says %q", late)
	}
	if err := a.Pause(); err != nil {
		t.Error(err)
	}
	if err := a.Resume(); err != nil {
		t.Error(err)
	}
	if err := a.Crash(); err != nil {
		t.Error(err)
	}
	if _, err := a.Restart(); err != nil {
		t.Error(err)
	}
}

// openDir makes a folder that everybody may enter.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "locklab-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
