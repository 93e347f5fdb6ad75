//go:build unix

package results

import (
	"errors"
	"os"
	"syscall"
)

// lock makes sure that no other process is adding to a list of results. The kernel lets go of it
// when this process closes the file or ends, however it ends. Some file systems have no such locks.
func lock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return errRunning
	case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.ENOSYS):
		return nil
	}
	return err
}
