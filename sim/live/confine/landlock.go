//go:build linux

package confine

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Landlock lets a thread give up access to files for itself and for what it starts. The library
// for it (go-landlock) restricts every thread of the process, but the harness must keep its
// access.

// Access rights to files.
const (
	readFile  = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_EXECUTE
	readTree  = readFile | unix.LANDLOCK_ACCESS_FS_READ_DIR
	writeFile = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	// allOfTree is every right known to version 3 of Landlock.
	allOfTree = unix.LANDLOCK_ACCESS_FS_TRUNCATE<<1 - 1
)

// Versions of Landlock. Before leastLandlock, it cannot distinguish a file that is moved from
// one folder to another, which servers do, from one that is taken out of its place.
const (
	leastLandlock    = 2 // Linux 5.19
	truncateLandlock = 3 // Linux 6.2
	signalsLandlock  = 6 // Linux 6.12
)

// landlockVersion asks the kernel for its version. The error says what is missing.
var landlockVersion = sync.OnceValues(func() (int, error) {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	switch {
	case errno != 0:
		return 0, fmt.Errorf("this kernel has no Landlock, or it is switched off (%w): Linux 5.19 and newer have it", errno)
	case version < leastLandlock:
		return 0, fmt.Errorf("this kernel has version %d of Landlock, expected %d or newer: Linux 5.19 and newer have it", version, leastLandlock)
	}
	return int(version), nil
})

// rule allows access to a file, or to a folder and everything in it.
type rule struct {
	path   string
	access uint64
}

// restrict takes from this thread, and from the processes that it starts, all access that no
// rule allows. This cannot be undone. Paths that do not exist are skipped.
func restrict(rules []rule) error {
	version, err := landlockVersion()
	if err != nil {
		return err
	}
	handled := unix.LandlockRulesetAttr{Handled_access_fs: allOfTree}
	if version < truncateLandlock {
		handled.Handled_access_fs &^= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if version >= signalsLandlock {
		handled.Scoped = unix.LANDLOCK_SCOPE_SIGNAL
	}
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&handled)), unsafe.Sizeof(handled), 0)
	if errno != 0 {
		return fmt.Errorf("make a set of Landlock rules: %w", errno)
	}
	defer unix.Close(int(fd))
	for _, r := range rules {
		r.access &= handled.Handled_access_fs
		if err := r.add(int(fd)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("allow %s by Landlock: %w", r.path, err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0); errno != 0 {
		return fmt.Errorf("restrict a thread by Landlock: %w", errno)
	}
	return nil
}

func (r rule) add(set int) error {
	fd, err := unix.Open(r.path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR { // the other rights are about folders
		r.access &= readFile | writeFile
	}
	attr := unix.LandlockPathBeneathAttr{Allowed_access: r.access, Parent_fd: int32(fd)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(set), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&attr)), 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// OwnFiles says why programs on hosts see more of this machine's files than they need; nil means
// that they do not.
func OwnFiles() error {
	if _, err := landlockVersion(); err != nil {
		return fmt.Errorf("servers read what their user may read: %w", err)
	}
	return nil
}
