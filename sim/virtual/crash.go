package virtual

import "slices"

// Boot sets what the host does when it is switched on, and does it now. After a crash,
// Restart does it again: boot finds the memory gone and reads what the disk has kept.
func (h *Host) Boot(boot func()) {
	h.boot = boot
	boot()
}

// Crash switches the host off: its processes are gone without a last word, and so is all
// they had in memory, its timers, its connections, and what its disk had not synced. What
// has left it arrives, but nothing is sent again if it gets lost. The clocks go on. Its
// peers are told nothing. Crashing a host that is down does nothing.
func (h *Host) Crash() {
	if h.down {
		return
	}
	w := h.world
	h.down = true
	h.life++
	h.handle, h.receive = nil, nil
	h.idle, h.posts = nil, nil
	for _, other := range w.hosts { // connections to it are broken
		if h.index < len(other.idle) {
			other.idle[h.index] = slices.DeleteFunc(other.idle[h.index], func(c *conn) bool { return !c.lasting })
		}
		if h.index < len(other.posts) {
			other.posts[h.index] = nil
		}
	}
	for _, p := range slices.Clone(w.processes) {
		if p.host == h && p != w.running { // the running one stops where it records, see Record
			w.kill(p)
		}
	}
	mine := slices.Concat(h.backlog, h.stalled)
	for _, e := range w.queue.entries {
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
		unlessKilled(h.boot)
	}
}

// Down tells whether the host has crashed and not been restarted.
func (h *Host) Down() bool { return h.down }

// Life tells how often the host has crashed: what it was told before belongs to an earlier
// life, of which it knows nothing.
func (h *Host) Life() int { return h.life }
