package virtual

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

func stall(host sim.HostID, after, long time.Duration) sim.Step {
	return at(after, sim.Fault{Kind: sim.StallDisk, Host: host, For: long})
}

// What is synced while a disk stalls is safe once the stall ends, and the waiting callbacks then
// run in order. Time continues in the meantime.
func TestASyncWaitsUntilTheDiskGoesOn(t *testing.T) {
	const sec = time.Second
	w := New(1)
	defer w.Close()
	h := w.AddHost("server")
	h.Boot(func() {})
	var done []time.Duration
	sync := func() { h.Disk().Sync(func() { done = append(done, h.Now()) }) }
	for _, d := range []time.Duration{1, 3, 4, 9} {
		w.After(d*sec, sync)
	}
	w.Direct([]sim.Step{stall("server", 2*sec, 4*sec), stall("server", 3*sec, 5*sec)}) // overlapping: until 8 s
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{1 * sec, 8 * sec, 8 * sec, 9 * sec}; !slices.Equal(done, want) {
		t.Errorf("done at %v, want %v", done, want)
	}
	expect(t, unproven(w))
}

func TestWhatWasNotSyncedBeforeACrashIsGoneAlsoIfItWasAskedFor(t *testing.T) {
	const sec = time.Second
	w := New(1)
	defer w.Close()
	h := w.AddHost("server")
	var found []any
	h.Boot(func() {
		kept, _ := h.Disk().Read("vote")
		found = append(found, kept)
	})
	told := false
	w.After(3*sec, func() {
		h.Disk().Write("vote", "given")
		h.Disk().Sync(func() { told = true })
	})
	w.Direct([]sim.Step{stall("server", 2*sec, 10*sec), at(4*sec, sim.Fault{Kind: sim.Crash, Host: "server", For: sec})})
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	if told || len(found) != 2 || found[1] != nil {
		t.Errorf("told that it is safe: %v; the disk had %v at each boot", told, found)
	}
	expect(t, unproven(w))
}
