package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/locklab/locklab/sim/live/confine"
	"github.com/locklab/locklab/sim/live/livetest"
)

// stuck is a script in which a server waits for its disk for as long as the test takes.
const stuck = `scenario: stuck
title: A disk that is stuck
text: >
  The server's disk stalls before client 1 asks for the lock, and nobody lets it go on.
ttl: 60s
clients: 1
workload:
  withdraw: {think: 0.1ttl}
backends: [redis+durability=always]
guards: [none]
steps:
  - on: {client: 1, event: acquire}
    do: {stall-disk: {host: redis-1, for: 1ttl}}
until: 2ttl
expect:
  - overlap: holds
    because: there is one client
`

// TestNothingIsLeftOfARunThatEndsWhileADiskStalls ends the harness, in different ways, while a
// server waits for its disk and so for the harness. Nothing then keeps the server, and the server
// keeps nothing alive.
func TestNothingIsLeftOfARunThatEndsWhileADiskStalls(t *testing.T) {
	needLive(t)
	livetest.NeedAll(t, confine.DiskStall())
	t.Parallel() // it mostly waits
	livetest.HearSignals(t)
	binary := buildCommand(t)
	file := filepath.Join(openDir(t), "stuck.yaml")
	if err := os.WriteFile(file, []byte(stuck), 0o644); err != nil {
		t.Fatal(err)
	}
	users := []int{os.Getuid()}
	if os.Getuid() == 0 {
		users = append(users, nobody)
	}
	for _, uid := range users {
		for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM} {
			t.Run(fmt.Sprintf("user %d, %s", uid, signal), func(t *testing.T) {
				r := startRun(t, binary, uid, file)
				seen := 0 // consecutive observations; a disk in memory that does not stall takes no time
				await(t, "a server that waits for its disk", func() bool {
					r.family = descendants(t, r.harness.Process.Pid)
					seen++
					if !slices.ContainsFunc(r.family, syncs) {
						seen = 0
					}
					return seen == 10
				})
				r.end(signal)
			})
		}
	}
}

// syncs reports whether a process is in a call that waits for a disk.
func syncs(pid int) bool {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/syscall", pid)) // it may have ended already
	number, _, _ := strings.Cut(string(text), " ")
	n, err := strconv.Atoi(number)
	return err == nil && (n == unix.SYS_FDATASYNC || n == unix.SYS_FSYNC)
}
