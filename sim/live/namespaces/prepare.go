//go:build linux

package namespaces

import (
	"errors"
	"fmt"
	"os"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// ScratchDir is where the harness mounts the file system for the hosts' data. It is in memory,
// so that no trial waits for a real disk, and private, so that it vanishes with the harness.
// Every Linux has this directory in /proc, of which the harness has its own instance; nobody can
// have files there that the mount would hide.
const ScratchDir = "/proc/driver"

// Prepare sets up the inside: a private /proc, no mount that reaches outside, scratch space, a
// loopback interface. Call it once, before anything else when Inside.
func Prepare() error {
	if !Inside() {
		return errors.New("prepare the live world: this process is not inside private namespaces; call namespaces.Enter first")
	}
	if os.Getenv(DutyVar) != "" {
		return errNoDutyMain
	}
	holdOn()
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make the mounts private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount a private /proc: %w", err)
	}
	if err := unix.Mount("tmpfs", ScratchDir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0700"); err != nil {
		return fmt.Errorf("mount scratch space on %s: %w", ScratchDir, err)
	}
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("find the private loopback interface: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("bring up the private loopback interface: %w", err)
	}
	return nil
}

// holdOn tells the outer process that it may pass on signals, and ends this process when the
// outer one is gone. The kernel's death signal does so too, but not if the outer process was
// killed just before the signal was requested.
func holdOn() {
	unix.CloseOnExec(lifelineFd)
	lifeline := os.NewFile(lifelineFd, "lifeline")
	lifeline.Write([]byte{1}) // if nobody is there to read it, the next read will fail
	go func() {
		lifeline.Read(make([]byte, 1))
		os.Exit(128 + int(unix.SIGKILL))
	}()
}
