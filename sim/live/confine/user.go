//go:build linux

package confine

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/locklab/locklab/sim/live/namespaces"
	"golang.org/x/sys/unix"
)

// firstUser is the uid with which the first host's programs run; the other hosts' uids follow.
// No machine gives such uids to people or services, so no file outside belongs to them.
const firstUser = 2_000_000_000

// lastUser is the uid used where only the usual 65536 exist, as in some containers.
const lastUser = 65534

// errOrdinary means that there is no other user to run programs as.
var errOrdinary = errors.New("this user is not root")

// mayChange says why this process cannot start programs as another user and still do to them
// what the live world does; nil means that it can. errOrdinary means that it need not.
var mayChange = sync.OnceValue(func() error {
	if !mapped(lastUser) { // as in the user namespace of an ordinary user
		return errOrdinary
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var have [2]unix.CapUserData
	if err := unix.Capget(&header, &have[0]); err != nil {
		return fmt.Errorf("ask for this process's capabilities: %w", err)
	}
	for _, need := range []struct {
		number int
		name   string
	}{
		{unix.CAP_SETUID, "SETUID"}, {unix.CAP_SETGID, "SETGID"}, {unix.CAP_CHOWN, "CHOWN"}, {unix.CAP_FOWNER, "FOWNER"},
		{unix.CAP_KILL, "KILL"}, {unix.CAP_DAC_OVERRIDE, "DAC_OVERRIDE"}, {unix.CAP_SYS_PTRACE, "SYS_PTRACE"},
	} {
		if have[need.number/32].Effective&(1<<(need.number%32)) == 0 {
			return fmt.Errorf("the capability %s is missing", need.name)
		}
	}
	return nil
})

// mapped reports whether a user and a group with this id exist in this process's user namespace.
func mapped(id uint32) bool {
	in := func(path string) bool {
		file, err := os.Open(path)
		if err != nil {
			return true // without user namespaces all ids exist
		}
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			var first, outside, count uint64
			if _, err := fmt.Sscan(lines.Text(), &first, &outside, &count); err == nil && uint64(id) >= first && uint64(id)-first < count {
				return true
			}
		}
		return false
	}
	return in("/proc/self/uid_map") && in("/proc/self/gid_map")
}

// userOf returns the user for programs that need these files, on the host with this number; nil
// means the harness's own user. Normally that is a user of the host's own, who owns nothing. If a
// file or folder is closed to that user, programs run as its owner; if the owner is root, the
// result is nil.
func userOf(host byte, needs []string) *syscall.Credential {
	if mayChange() != nil {
		return nil
	}
	own := uint32(lastUser)
	if id := firstUser + uint32(host); mapped(id) {
		own = id
	}
	who := &syscall.Credential{Uid: own, Gid: own}
	for range 2 {
		closed := closedTo(who, needs)
		switch {
		case closed == nil:
			return who
		case closed.Uid == 0 || !mapped(closed.Uid) || !mapped(closed.Gid):
			return nil
		}
		who = &syscall.Credential{Uid: closed.Uid, Gid: closed.Gid}
	}
	return nil
}

// closedTo returns the owner of the first of the files, or of the folders on the way to them,
// that who cannot read or enter. It returns nil if who can read all files.
func closedTo(who *syscall.Credential, files []string) *unix.Stat_t {
	for _, file := range withTargets(files) {
		for at := file; ; at = filepath.Dir(at) {
			var st unix.Stat_t
			if unix.Stat(at, &st) != nil {
				break // it does not exist: the program that needs it will say so
			}
			need := uint32(unix.S_IXOTH) // to enter the folder
			if at == file {
				need = unix.S_IROTH
			}
			mode := st.Mode
			switch {
			case st.Uid == who.Uid:
				mode >>= 6
			case st.Gid == who.Gid:
				mode >>= 3
			}
			if mode&need == 0 {
				return &st
			}
			if at == "/" {
				break
			}
		}
	}
	return nil
}

// withTargets returns the files, which must be absolute paths, and the targets of those that are
// links.
func withTargets(files []string) (all []string) {
	for _, file := range files {
		all = append(all, file)
		if target, err := filepath.EvalSymlinks(file); err == nil && target != file {
			all = append(all, target)
		}
	}
	return all
}

// giveOwn gives a host's directory and its contents to the user that its programs run as, and lets
// that user reach it. No link out of the directory is followed.
func giveOwn(dir string, to *syscall.Credential) error {
	for _, above := range []string{filepath.Dir(dir), filepath.Dir(filepath.Dir(dir))} {
		if err := os.Chmod(above, 0o711); err != nil {
			return err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var all []string
	err = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // removed in the meantime
		}
		all = append(all, "."+strings.TrimPrefix(path, dir))
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range all {
		if err := root.Lchown(name, int(to.Uid), int(to.Gid)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// OwnUser says why programs on hosts run as root; nil means that they run as a user of their
// own, or that this process is not run by root.
func OwnUser() error {
	err := mayChange()
	if err == nil || os.Geteuid() != 0 || namespaces.Inside() && errors.Is(err, errOrdinary) {
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
