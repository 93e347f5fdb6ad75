//go:build linux

package live

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// firstUser is the number of the user as whom the first host's programs run; the others
// follow. No machine gives such numbers to people or services, so no file outside is theirs.
const firstUser = 2_000_000_000

// lastUser runs them where only the usual 65536 numbers exist, as in some containers.
const lastUser = 65534

// errOrdinary says that there is nobody else to be.
var errOrdinary = errors.New("this user is not root")

// mayChange says why this process cannot start programs as another user and still do with
// them what the live world does; nil: it can. errOrdinary: it need not.
var mayChange = sync.OnceValue(func() error {
	if !mapped(lastUser) { // as in the user namespace of somebody who is not root
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

// mapped tells whether a user and a group of this number exist in this process's user
// namespace.
func mapped(id uint32) bool {
	in := func(path string) bool {
		file, err := os.Open(path)
		if err != nil {
			return true // without user namespaces all numbers exist
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

// identity is as whom the host's programs run that need these files; nil: as the harness
// itself. That is a user of the host's own, who has nothing. Files that are closed to him are
// closed by somebody: if that is not root, it is he as whom they run.
func (a *Agent) identity(needs []string) *syscall.Credential {
	if mayChange() != nil {
		return nil
	}
	own := uint32(lastUser)
	if id := firstUser + uint32(a.ip[3]); mapped(id) {
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

// closedTo gives the owner of the first folder on the way to one of the files, or of the file,
// that somebody cannot enter or read; nil: he can read them all.
func closedTo(who *syscall.Credential, files []string) *unix.Stat_t {
	for _, file := range withTargets(files) {
		for at := file; ; at = filepath.Dir(at) {
			var st unix.Stat_t
			if unix.Stat(at, &st) != nil {
				break // it is not there: whoever needs it says so
			}
			need := uint32(unix.S_IXOTH) // to go through
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

// withTargets gives files, which are absolute paths, and what those are that are links.
func withTargets(files []string) (all []string) {
	for _, file := range files {
		all = append(all, file)
		if target, err := filepath.EvalSymlinks(file); err == nil && target != file {
			all = append(all, target)
		}
	}
	return all
}

// giveOwn gives the host's directory, and what is in it, to the user as whom its programs
// run, and lets him get there. Nothing is followed out of it.
func (a *Agent) giveOwn(to *syscall.Credential) error {
	for _, above := range []string{filepath.Dir(a.dir), filepath.Dir(filepath.Dir(a.dir))} {
		if err := os.Chmod(above, 0o711); err != nil {
			return err
		}
	}
	root, err := os.OpenRoot(a.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var all []string
	err = filepath.WalkDir(a.dir, func(path string, _ os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // taken away meanwhile
		}
		all = append(all, "."+strings.TrimPrefix(path, a.dir))
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
