//go:build linux

package live

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// Servers are third-party programs. If the harness may change users, they run as a user who owns
// nothing but the host's directory, and they cannot gain privileges. On kernels with Landlock
// they see only those files of this machine that programs need.

// system lists the folders that contain programs and their libraries, and the kernel's own
// information.
var system = []string{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/opt", "/nix", "/gnu", "/proc", "/sys"}

// devices lists the devices that every program may use.
var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// Needs names files and folders that a program reads, besides those of the system and the folder
// the program is in. They become visible to it; for a file, its folder does.
func Needs(paths ...string) StartOption {
	return func(r *recipe) { r.needs = append(r.needs, paths...) }
}

// environment lists the variables that affect how programs run; a server gets none of the user's
// other variables.
var environment = []string{"PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "GODEBUG", "GOMAXPROCS", "GOTRACEBACK"}

// programEnv returns the environment of a program on the host. Its home is the host's directory.
func (a *Agent) programEnv() (env []string) {
	for _, each := range os.Environ() {
		name, _, _ := strings.Cut(each, "=")
		if slices.Contains(environment, name) || strings.HasPrefix(name, "LC_") {
			env = append(env, each)
		}
	}
	return append(env, "HOME="+a.dir, "TMPDIR="+a.dir)
}

// confine prepares the start of a third-party program: it changes the program's command and
// returns the function in which it must be started.
func (a *Agent) confine(p *Proc, r *recipe) (enter func(start func() error) error, err error) {
	program, err := exec.LookPath(p.cmd.Path)
	if err != nil {
		return a.net.in, nil // the start will report it
	}
	var files []string
	for _, each := range append([]string{program}, r.needs...) {
		if path, err := filepath.Abs(each); err == nil {
			files = append(files, path)
		}
	}
	if who := a.identity(files); who != nil {
		if err := a.giveOwn(who); err != nil {
			return nil, fmt.Errorf("give the host's directory to the user as whom it runs: %w", err)
		}
		p.cmd.SysProcAttr.Credential = who
	}
	rules := []rule{{a.dir, allOfTree}}
	for _, path := range append(visible(files), system...) {
		rules = append(rules, rule{path, readTree})
	}
	for _, path := range devices {
		rules = append(rules, rule{path, writeFile})
	}
	return func(start func() error) error {
		return apart(func() error {
			if err := netns.Set(a.net.handle); err != nil {
				return fmt.Errorf("enter a host's network namespace: %w", err)
			}
			if _, err := landlockVersion(); err == nil {
				if err := restrict(rules); err != nil {
					return err
				}
			} else if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
				return fmt.Errorf("give up new privileges: %w", err)
			}
			if a.lab.DiskStalls {
				if err := a.disk.admitProgram(); err != nil {
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

// OwnUser says why programs on hosts run as root; nil means that they run as a user of their
// own, or that this process is not run by root.
func OwnUser() error {
	err := mayChange()
	if err == nil || os.Geteuid() != 0 || Inside() && errors.Is(err, errOrdinary) {
		return nil
	}
	return fmt.Errorf("servers run as root, as locklab does: %w", err)
}

// ProgramUser says as which user programs on hosts run. It is valid only if OwnUser returns nil.
func ProgramUser() string {
	if mayChange() == nil {
		return "servers run as users of their own, who may do nothing outside their scratch folders"
	}
	return "servers run as this user, who is not root"
}

// OwnFiles says why programs on hosts see more of this machine's files than they need; nil means
// that they do not.
func OwnFiles() error {
	if _, err := landlockVersion(); err != nil {
		return fmt.Errorf("servers read what their user may read: %w", err)
	}
	return nil
}
