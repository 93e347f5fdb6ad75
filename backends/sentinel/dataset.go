package sentinel

import (
	"slices"
	"time"

	"github.com/locklab/locklab/backends/redis"
)

// write is a command that changed something, with the time at which it ran. Redis sends it to
// replicas with an absolute expiry (SET … PXAT), which the command and the master's wall clock
// determine together. So a replica never uses its own clock to interpret a replicated command.
type write struct {
	at      time.Time // the wall clock of the server that was master then
	command redis.Command
}

// dataset is what a server keeps in memory, and the writes that led to it, which are also what a
// replica is sent. The same writes make the same dataset.
type dataset struct {
	model  *redis.Model
	writes []write
}

// load builds a dataset from these writes.
func load(writes []write) dataset {
	d := dataset{model: redis.NewModel(), writes: slices.Clip(writes)}
	for _, w := range writes {
		d.model.Apply(w.at, w.command)
	}
	return d
}

// apply executes a command and keeps it if it changed something.
func (d *dataset) apply(w write) (r redis.Reply, changed bool) {
	r = d.model.Apply(w.at, w.command)
	if changed = r.OK || len(r.Ended) > 0; changed {
		d.writes = append(d.writes, w)
	}
	return r, changed
}

// would returns what a command would answer, and leaves the dataset unchanged.
func (d *dataset) would(w write) redis.Reply { return d.model.Clone().Apply(w.at, w.command) }

// holds reports whether the lock's key holds a value, expired or not.
func (d *dataset) holds(value string) bool {
	return d.would(write{command: redis.Command{Kind: redis.CommandDelete, Key: redis.LockKey}}).Deleted == value
}

// offset is the position in the replication stream.
func (d *dataset) offset() int { return len(d.writes) }
