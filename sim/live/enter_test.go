//go:build linux

package live_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

// These tests run this test binary again as a separate harness, with one of the tests called
// TestPart, and observe it from outside.

// partVar is set for a TestPart that is to run; its value says what to do.
const partVar = "LOCKLAB_TEST_PART"

// part starts a harness that runs one TestPart and passes it an argument.
func part(t *testing.T, name, argument string) *exec.Cmd {
	t.Helper()
	livetest.Need(t)
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+name+"$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), partVar+"="+argument)
	t.Cleanup(func() {
		if cmd.Process != nil {
			cmd.Process.Kill()
		}
	})
	return cmd
}

// argument returns what the TestPart was passed; without an argument the test is skipped.
func argument(t *testing.T) string {
	t.Helper()
	a := os.Getenv(partVar)
	if a == "" {
		t.Skip("a part of another test")
	}
	return a
}

func TestOuterProcessEndsWithTheStatusOfTheInner(t *testing.T) {
	for _, status := range []int{0, 1, 42} {
		cmd := part(t, "TestPartStatus", fmt.Sprint(status))
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != status {
			t.Errorf("status %d, want %d; it printed:\n%s", got, status, out)
		}
		if n := strings.Count(string(out), "my arguments"); n != 1 {
			t.Errorf("it ran %d times, want once:\n%s", n, out)
		}
	}
}

func TestPartStatus(t *testing.T) {
	var status int
	if _, err := fmt.Sscan(argument(t), &status); err != nil {
		t.Fatal(err)
	}
	dir, _ := os.Getwd()
	fmt.Println("my arguments", os.Args[1:], "in", dir)
	if status != 0 {
		os.Exit(status)
	}
}

func TestInnerProcessDecidesWhatASignalMeans(t *testing.T) {
	livetest.HearSignals(t)
	cmd := part(t, "TestPartSignal", "go")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(stdout); lines.Scan() && lines.Text() != "running"; {
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 42 {
		t.Errorf("%v, want the status 42 that the inner process chose", cmd.ProcessState)
	}
}

// Signals that were ignored when the harness was started stay ignored, inside and outside: under
// nohup the end of the terminal does not stop the harness, and Ctrl-C does not stop one that a
// script started with "&". SIGTERM does.
func TestSignalsThatAreIgnoredAtTheStartStayIgnored(t *testing.T) {
	cmd := part(t, "TestPartDeaf", "go")
	cmd.Args = append([]string{"sh", "-c", `trap "" INT HUP; exec /proc/` + fmt.Sprint(os.Getpid()) + `/exe "$@"`, "sh"}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "ignores ") {
	}
	if got := lines.Text(); got != "ignores hangup true, interrupt true" {
		t.Errorf("the inner process %s", got)
	}
	for _, each := range []syscall.Signal{syscall.SIGINT, syscall.SIGHUP, syscall.SIGTERM} {
		if err := cmd.Process.Signal(each); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 43 {
		t.Errorf("%v, want the status 43 of an inner process that was terminated", cmd.ProcessState)
	}
}

func TestPartDeaf(t *testing.T) {
	argument(t)
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	fmt.Printf("ignores %v %v, %v %v\n", syscall.SIGHUP, signal.Ignored(syscall.SIGHUP), syscall.SIGINT, signal.Ignored(syscall.SIGINT))
	<-terminated
	os.Exit(43)
}

func TestPartSignal(t *testing.T) {
	argument(t)
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT)
	fmt.Println("running")
	<-interrupted
	os.Exit(42)
}

// However the harness ends, everything it started ends with it: a running server, a paused one,
// and one that ignores every signal it can.
func TestNothingOutlivesTheHarness(t *testing.T) {
	livetest.HearSignals(t)
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			marker := fmt.Sprintf("marker-%d-%d", sig, time.Now().UnixNano())
			cmd := part(t, "TestPartServers", marker)
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stderr = cmd.Stdout
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(stdout)
			for lines.Scan() && lines.Text() != "running" {
				t.Log(lines.Text())
			}
			if got := len(processesWith(marker)); got < 3 {
				t.Fatalf("%d servers run, want 3", got)
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			for lines.Scan() { // until the last holder of standard output has ended
				t.Log(lines.Text())
			}
			cmd.Wait()
			if cmd.ProcessState.Success() {
				t.Errorf("the harness ended with %v", cmd.ProcessState)
			}
			if sig == syscall.SIGKILL { // nobody has waited for the inner processes
				eventually(t, "every server ends", func() bool { return len(processesWith(marker)) == 0 })
			}
			if left := processesWith(marker); len(left) > 0 {
				t.Errorf("left running: %q", left)
			}
		})
	}
}

func TestPartServers(t *testing.T) {
	marker := argument(t)
	lab := newLab(t, "server-1", "server-2", "server-3")
	for _, id := range []sim.HostID{"server-1", "server-2", "server-3"} {
		argv := []string{"sh", "-c", "trap '' TERM INT HUP QUIT; while :; do sleep 1000; done", marker}
		if _, err := lab.Agent(id).Start("server", argv); err != nil {
			t.Fatal(err)
		}
	}
	if err := lab.Agent("server-2").Pause(); err != nil {
		t.Fatal(err)
	}
	fmt.Println("running")
	select {} // until the end
}

// processesWith lists the command lines of running processes that contain marker.
func processesWith(marker string) (found []string) {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range all {
		if line, err := os.ReadFile(file); err == nil && bytes.Contains(line, []byte(marker)) {
			found = append(found, string(line))
		}
	}
	return found
}

func TestNothingOutsideIsTouched(t *testing.T) {
	livetest.Need(t)
	dir := t.TempDir()
	before := surroundings(t, dir)
	cmd := part(t, "TestPartTrial", "go")
	cmd.Env = append(cmd.Env, "TMPDIR="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	seen, found := strings.CutPrefix(strings.SplitAfter(string(out), "\n")[0], "inside: ")
	if !found || seen == "" {
		t.Fatalf("the trial did not say what it saw:\n%s", out)
	}
	if after := surroundings(t, dir); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	if strings.TrimSpace(seen) == links(t) {
		t.Errorf("the harness ran in the network of the outside: %s", seen)
	}
}

func TestPartTrial(t *testing.T) {
	argument(t)
	lab := newLab(t, "client-1")
	startDuty(t, lab, "client-1", "client", nil)
	if _, err := live.NewWorld(lab, nil).Run(t.Context(), time.Minute, []sim.HostID{"client-1"}); err != nil {
		t.Fatal(err)
	}
	fmt.Println("inside:", links(t))
}

// links lists this process's network interfaces with their addresses and hardware.
func links(t *testing.T) string {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	namespace, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	text := namespace
	for _, each := range all {
		addresses, _ := each.Addrs()
		text += fmt.Sprint(" ", each.Index, each.Name, each.Flags, each.HardwareAddr, addresses)
	}
	return text
}

// surroundings describes what a harness could leave behind or change; dir is where programs put
// temporary files.
func surroundings(t *testing.T, dir string) string {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	routes, err := os.ReadFile("/proc/self/net/route")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(dir + "/*")
	if err != nil {
		t.Fatal(err)
	}
	return links(t) + "\n" + string(routes) + string(mounts) + strings.Join(files, " ") + fmt.Sprint(census(t).processes)
}
