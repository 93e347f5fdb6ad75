package virtual

import "slices"

// Disk stores values by name. Synced values survive a crash. A value must not be modified after
// it was written.
type Disk struct {
	files  []file
	stalls int      // stalls in effect; until they are over, nothing is synced
	queue  []func() // callbacks waiting for a sync, in the order of the requests
}

type file struct {
	name          string
	cached, safe  any
	dirty, exists bool // exists means there is a safe value
}

// Disk returns the host's disk.
func (h *Host) Disk() *Disk { return &h.disk }

// Write puts a value into the page cache; Sync makes it safe.
func (d *Disk) Write(name string, value any) {
	i := d.find(name)
	if i < 0 {
		d.files = append(d.files, file{name: name})
		i = len(d.files) - 1
	}
	d.files[i].cached, d.files[i].dirty = value, true
}

// Sync makes everything written before it safe and then calls done. That happens at once, unless
// the disk is stalled. Then it happens when the stall ends and includes everything written until
// then, or never if the host crashes first.
func (d *Disk) Sync(done func()) {
	if d.stalls > 0 {
		d.queue = append(d.queue, done)
		return
	}
	d.flush()
	done()
}

// Stalled reports whether syncs are currently held up.
func (d *Disk) Stalled() bool { return d.stalls > 0 }

// stall holds up all syncs until goOn.
func (d *Disk) stall() { d.stalls++ }

// goOn ends one stall. After the last one everything is synced, and the waiting callbacks run in
// order. On a paused host they run when the pause ends.
func (d *Disk) goOn(h *Host) {
	if d.stalls--; d.stalls > 0 || len(d.queue) == 0 {
		return
	}
	d.flush()
	for _, done := range d.queue {
		h.After(0, done)
	}
	d.queue = nil
}

func (d *Disk) flush() {
	for i := range d.files {
		f := &d.files[i]
		if f.dirty {
			f.safe, f.exists, f.dirty = f.cached, true, false
		}
	}
}

// Read returns the value last written or, after a crash, the one last synced. The bool is false
// if there is none.
func (d *Disk) Read(name string) (any, bool) {
	i := d.find(name)
	if i < 0 || !d.files[i].dirty && !d.files[i].exists {
		return nil, false
	}
	return d.files[i].cached, true
}

func (d *Disk) find(name string) int {
	return slices.IndexFunc(d.files, func(f file) bool { return f.name == name })
}

// crash discards what was not synced.
func (d *Disk) crash() {
	for i := range d.files {
		f := &d.files[i]
		f.cached, f.dirty = f.safe, false
	}
	d.queue = nil // the waiting processes are gone
}
