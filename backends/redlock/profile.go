package redlock

// Profile names a set of defaults for the options.
type Profile string

// The profiles. A profile determines how time is measured and what is waited for. How often a
// client tries is up to the workload in all of them, which says how long a client waits.
const (
	// Documented is the algorithm of the Redis documentation: the servers are asked in parallel (as
	// in the text since 2026; before, one after the other), each with a time-out of half a percent
	// of the lease (the documentation's example is 5 to 50 ms for 10 s), and time is measured by
	// the monotonic clock.
	Documented Profile = ""
	// Reference behaves as the author's own implementation, antirez/redlock-rb: one server
	// after the other, time measured by the wall clock (Ruby's Time.now), a drift of 1 % and
	// 2 ms, and 0 to 200 ms between tries. That library leaves the time-out of a request to
	// its Redis client; here it is the documentation's.
	Reference Profile = "reference"
	// Redsync behaves as go-redsync/redsync v4.18 on go-redis v9 with the defaults of both
	// (mutex.go, lockContext, actOnPoolsAsync, UnlockContext): it asks in parallel and waits for
	// every answer unless given WithFailFast; monotonic clock, a drift of 1 % without the 2 ms, one
	// value for all tries, and 50 to 250 ms between them. Its time-out of 5 % of the lease is the
	// end of a context, which go-redis checks only while it waits for a connection (see
	// redis.Pool). Unlock has no time-out of its own; here its caller gives it one lease.
	Redsync Profile = "redsync"
)

// facts are the points on which profiles differ: option defaults, as written in a spec, and how far
// a retry delay may be from its mean.
type facts struct {
	title                 string
	timeout, unlock       string
	waits                 string // what timeout means
	oneValue              bool   // all tries ask with the same value
	sequential, wallClock string
	constant              string
	retry                 string
	shortest, longest     int // of a retry delay, in sixths of the mean
	spread                string
}

func (p Profile) facts() facts {
	documented := facts{
		title:   "Redlock: a majority of independent Redis servers, as documented",
		timeout: "0.005ttl", unlock: "0s", waits: "how long a server is waited for", sequential: "off", wallClock: "off", constant: "2ms",
		retry: "0.01ttl", shortest: 0, longest: 12, spread: "each is drawn between 0 and twice as much",
	}
	switch p {
	case Documented:
		return documented
	case Reference:
		f := documented
		f.title = "Redlock as in antirez/redlock-rb: in sequence, by the wall clock"
		f.sequential, f.wallClock, f.retry = "on", "on", "100ms"
		return f
	case Redsync:
		f := documented
		f.title = "Redlock as in go-redsync/redsync on go-redis: a silent server costs the pool's time-outs"
		f.timeout, f.unlock, f.constant, f.retry = "0.05ttl", "1ttl", "0s", "150ms"
		f.waits = "when the context of a request for the lock ends, which the pool looks at only while it waits for a connection"
		f.oneValue = true
		f.shortest, f.longest, f.spread = 2, 10, "each is drawn between a third and five thirds of it"
		return f
	}
	panic("nothing is known of the profile " + string(p))
}
