//go:build linux

package namespaces

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// kind is the way in which this machine lets this user have private namespaces.
type kind int

const (
	asRoot   kind = iota // with root's privileges
	withUser             // in a user namespace in which this user is root
)

// ProbeDuty makes live.DutyMain run the probe.
const ProbeDuty = "locklab-probe"

// probeLimit is the time limit of the probe, which takes about 0.1 s.
const probeLimit = 20 * time.Second

var errNoDutyMain = errors.New("this process has been started to play a duty, but its program does not call live.DutyMain before anything else")

// Available says why the live world cannot run here and what to do about it; nil means it can.
// It tries it: a child process enters namespaces and makes two hosts. The answer is remembered.
func Available() error {
	if Inside() {
		return nil
	}
	_, err := available()
	return err
}

var available = sync.OnceValues(func() (kind, error) {
	if os.Getenv(DutyVar) != "" {
		return 0, errNoDutyMain
	}
	if os.Geteuid() == 0 {
		if probe(asRoot) == nil {
			return asRoot, nil
		}
	}
	err := probe(withUser)
	if err == nil {
		return withUser, nil
	}
	return 0, fmt.Errorf("the live world needs private namespaces, which this machine refuses: %w; %s", err, advice())
})

// probe tries out the live world in a child process.
func probe(as kind) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), DutyVar+"="+ProbeDuty)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	lifeline, err := startInside(cmd, as)
	if err != nil {
		return err
	}
	defer lifeline.Close()
	timer := time.AfterFunc(probeLimit, func() { cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Wait(); err != nil {
		if text := strings.TrimSpace(out.String()); text != "" {
			return errors.New(text)
		}
		return fmt.Errorf("the trial run failed: %w", err)
	}
	return nil
}

// advice says what to do about the obstacle, as far as the machine reveals it.
func advice() string {
	setting := func(name string) string {
		text, err := os.ReadFile("/proc/sys/" + strings.ReplaceAll(name, ".", "/"))
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(text))
	}
	switch {
	case os.Geteuid() == 0:
		return "a container that runs it needs the capability SYS_ADMIN and an unmasked /proc (docker run --privileged)"
	case setting("user.max_user_namespaces") == "0":
		return "run it as root (sudo), or allow user namespaces: sysctl user.max_user_namespaces=10000"
	case setting("kernel.unprivileged_userns_clone") == "0":
		return "run it as root (sudo), or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1"
	case setting("kernel.apparmor_restrict_unprivileged_userns") == "1":
		return "run it as root (sudo), or allow user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0"
	}
	return "run it as root (sudo)"
}

// explain adds an explanation to the errors with which namespaces are refused.
func explain(err error) error {
	switch {
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("%w (not allowed for uid %d)", err, os.Geteuid())
	case errors.Is(err, unix.ENOSPC):
		return fmt.Errorf("%w (the limit on namespaces is reached, see sysctl user)", err)
	}
	return err
}
