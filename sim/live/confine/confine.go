//go:build linux

// Package confine sees to it that a third-party program, such as a server, sees and does no more
// than it needs.
//
// If the harness may change users, programs run as a user who owns nothing but the host's
// directory, and they cannot gain privileges. On kernels with Landlock they see only those files of
// this machine that programs need. And their syncs can be held, see DiskGate.
package confine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/locklab/locklab/sim/live/network"
	"golang.org/x/sys/unix"
)

// system lists the folders that contain programs and their libraries, and the kernel's own
// information.
var system = []string{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/opt", "/nix", "/gnu", "/proc", "/sys"}

// devices lists the devices that every program may use.
var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// environment lists the variables that affect how programs run; a server gets none of the user's
// other variables.
var environment = []string{"PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "GODEBUG", "GOMAXPROCS", "GOTRACEBACK"}

// Environment returns the environment of a program whose home is this directory.
func Environment(home string) (env []string) {
	for _, each := range os.Environ() {
		name, _, _ := strings.Cut(each, "=")
		if slices.Contains(environment, name) || strings.HasPrefix(name, "LC_") {
			env = append(env, each)
		}
	}
	return append(env, "HOME="+home, "TMPDIR="+home)
}

// Host is what programs see of the host that they run on.
type Host struct {
	Number byte
	Dir    string // which belongs to its programs
	Net    *network.Namespace
	Disk   *DiskGate // through which its programs sync; nil: as all others of this machine do
}

// Confine prepares the start of a program on the host that reads these files and folders, besides
// those of the system: it changes the program's command and returns the function in which it must
// be started.
func (h Host) Confine(cmd *exec.Cmd, needs []string) (enter func(start func() error) error, err error) {
	program, err := exec.LookPath(cmd.Path)
	if err != nil {
		return h.Net.In, nil // the start will report it
	}
	var files []string
	for _, each := range append([]string{program}, needs...) {
		if path, err := filepath.Abs(each); err == nil {
			files = append(files, path)
		}
	}
	if who := userOf(h.Number, files); who != nil {
		if err := giveOwn(h.Dir, who); err != nil {
			return nil, fmt.Errorf("give the host's directory to the user as whom it runs: %w", err)
		}
		cmd.SysProcAttr.Credential = who
	}
	rules := []rule{{h.Dir, allOfTree}}
	for _, path := range append(visible(files), system...) {
		rules = append(rules, rule{path, readTree})
	}
	for _, path := range devices {
		rules = append(rules, rule{path, writeFile})
	}
	return func(start func() error) error {
		return apart(func() error {
			if err := h.Net.Enter(); err != nil {
				return err
			}
			if _, err := landlockVersion(); err == nil {
				if err := restrict(rules); err != nil {
					return err
				}
			} else if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
				return fmt.Errorf("give up new privileges: %w", err)
			}
			if h.Disk != nil {
				if err := h.Disk.admitProgram(); err != nil {
					return err
				}
			}
			return start()
		})
	}, nil
}

// visible returns the folders of these files and of their link targets, and the library folders
// next to a folder of programs. If a folder is crowded, it returns only the file itself.
func visible(files []string) (paths []string) {
	for _, path := range withTargets(files) {
		folder := path
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			folder = filepath.Dir(path)
		}
		if crowded(folder) {
			folder = path
		}
		paths = append(paths, folder)
		if base := filepath.Base(folder); base == "bin" || base == "sbin" {
			beside := filepath.Dir(folder)
			paths = append(paths, filepath.Join(beside, "lib"), filepath.Join(beside, "lib64"), filepath.Join(beside, "libexec"))
		}
	}
	return append(paths, filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))...)
}

// crowded reports whether a folder contains more than a program and its files: a home directory,
// the root, or a folder that everybody writes to.
func crowded(folder string) bool {
	if home, err := os.UserHomeDir(); err == nil && folder == filepath.Clean(home) {
		return true
	}
	return slices.Contains([]string{"/", "/root", "/home", "/tmp", "/var/tmp", filepath.Clean(os.TempDir())}, folder) || filepath.Dir(folder) == "/home"
}

// apart runs f on a thread that ends afterwards, so f may change the thread for good.
func apart(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked
		if unix.Gettid() == unix.Getpid() {
			// The main thread does not end. It is held here while another thread runs f.
			done <- apart(f)
			runtime.UnlockOSThread()
			return
		}
		done <- f()
	}()
	return <-done
}
