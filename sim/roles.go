package sim

import "slices"

// Role names hosts by the part that they play at the moment at which a fault is done.
type Role = HostID

// The roles.
const (
	Holder   Role = "holder"  // the client that acquired the lock last and has not released or lost it
	Waiter   Role = "waiter"  // the client that has been waiting for the lock for longest
	AnyHost  Role = "any"     // a host that is up and has work to do, drawn at random, that the fault does not name otherwise
	AllHosts Role = "all"     // every host that the fault does not name otherwise
	Servers  Role = "servers" // every host of the lock service
	Others   Role = "others"  // every host of the lock service that the fault does not name otherwise
	// Few is the smaller part of the lock service, and the worse one to lose: its leader or
	// master; where all servers are equal, as many as are just less than half of them. Of a
	// single server that is nobody.
	Few      Role = "few"
	Leader   Role = "leader"   // these are asked of the lock service
	Master   Role = "master"   //
	Replica  Role = "replica"  //
	Majority Role = "majority" //
	Minority Role = "minority" //
)

// Roles lists them all.
func Roles() []Role {
	return []Role{Holder, Waiter, AnyHost, AllHosts, Servers, Leader, Master, Replica, Majority, Minority, Few, Others}
}

// IsRole tells whether a name stands for a role, not for a host.
func IsRole(id HostID) bool { return slices.Contains(Roles(), id) }

// cast keeps who plays which part, as far as the events tell.
type cast struct {
	holders []HostID // in the order in which they acquired the lock
	waiters []HostID // in the order in which they asked for it
	down    []HostID // crashed, once for each crash that is in effect
	done    []HostID // clients that have finished their work
}

// see takes in an event of a client.
func (c *cast) see(e Event) {
	switch e.Kind {
	case Acquire:
		c.waiters = append(leave(c.waiters, e.Host), e.Host)
	case Acquired:
		c.waiters = leave(c.waiters, e.Host)
		c.holders = append(leave(c.holders, e.Host), e.Host)
	case NotAcquired:
		c.waiters = leave(c.waiters, e.Host)
	case Done:
		c.done = append(c.done, e.Host)
	case Release, Lost:
		c.holders = leave(c.holders, e.Host)
	}
}

// crashed takes in that a host is down: it neither holds nor waits any more.
func (c *cast) crashed(host HostID) {
	c.holders, c.waiters = leave(c.holders, host), leave(c.waiters, host)
	c.down = append(c.down, host)
}

// restarted takes back one crash.
func (c *cast) restarted(host HostID) {
	if i := slices.Index(c.down, host); i >= 0 {
		c.down = slices.Delete(c.down, i, i+1)
	}
}

func leave(hosts []HostID, host HostID) []HostID {
	return slices.DeleteFunc(hosts, func(h HostID) bool { return h == host })
}
