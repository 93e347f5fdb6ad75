package virtual

import "slices"

// Disk keeps values by name through a crash, as far as they were synced. A value must not
// be changed after it has been written.
type Disk struct {
	files  []file
	stalls int      // in effect: until they are over, nothing is synced
	queue  []func() // who waits for that, in the order in which they asked
}

type file struct {
	name          string
	cached, safe  any
	dirty, exists bool // exists: there is a safe value
}

// Disk is the host's disk.
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

// Sync makes everything safe that was written before, and then calls done. That is at once,
// unless the disk stalls: then it is when it no longer does, also for what is written until
// then, or never if the host crashes before.
func (d *Disk) Sync(done func()) {
	if d.stalls > 0 {
		d.queue = append(d.queue, done)
		return
	}
	d.flush()
	done()
}

// Stalled tells whether nothing is being synced.
func (d *Disk) Stalled() bool { return d.stalls > 0 }

// stall keeps everything from being synced until goOn.
func (d *Disk) stall() { d.stalls++ }

// goOn takes one stall back. After the last one all is synced, and those on the host who
// wait for that go on, in their order, unless the host is paused: then it is when it no longer
// is.
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

// Read gives the value last written, or after a crash the one last synced; false: there is
// none.
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

// crash loses what was not synced.
func (d *Disk) crash() {
	for i := range d.files {
		f := &d.files[i]
		f.cached, f.dirty = f.safe, false
	}
	d.queue = nil // whoever waits is gone
}
