package virtual

import "slices"

// Boot sets what the host does when it is switched on, and does it now. Restart does it again
// after a crash: boot then finds the memory gone and reads what the disk has kept.
func (h *Host) Boot(boot func()) {
	h.boot = boot
	boot()
}

// Crash switches the host off. Its processes end without a last word, and their memory, timers
// and connections are gone, as is everything the disk had not synced. Packets it sent before the
// crash still arrive, but none is sent again if lost. The clocks keep running. Its peers are not
// told. Crashing a host that is down does nothing.
func (h *Host) Crash() {
	if h.down {
		return
	}
	w := h.world
	h.down = true
	h.life++
	h.handle, h.receive = nil, nil
	h.idle, h.posts = nil, nil
	for _, other := range w.hosts { // break connections to it
		if h.index < len(other.idle) {
			other.idle[h.index] = slices.DeleteFunc(other.idle[h.index], func(c *conn) bool { return !c.lasting })
		}
		if h.index < len(other.posts) {
			other.posts[h.index] = nil
		}
	}
	for _, p := range slices.Clone(w.processes) {
		if p.host == h && p != w.running { // the running process stops where it records, see Record
			w.kill(p)
		}
	}
	mine := slices.Concat(h.backlog, h.stalled)
	for e := range w.upcoming() {
		if k := e.timer.holds; e.timer.host == h || k != nil && k.pipe.from == h && k.leaves > w.now {
			mine = append(mine, e.timer)
		}
	}
	for _, t := range mine {
		w.cancel(t)
	}
	h.paused = 0
	h.disk.crash()
}

// Restart switches a crashed host on again and boots it.
func (h *Host) Restart() {
	if !h.down {
		return
	}
	h.down = false
	if h.boot != nil {
		h.switchOn()
	}
}

// switchOn boots the host.
func (h *Host) switchOn() {
	defer endIfKilled()
	h.boot()
}

// Down reports whether the host has crashed and not been restarted.
func (h *Host) Down() bool { return h.down }

// Life returns how often the host has crashed. Whatever it was told before belongs to an earlier
// life, of which it knows nothing.
func (h *Host) Life() int { return h.life }
