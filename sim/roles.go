package sim

import "slices"

// Role names hosts by the part they play at the moment the fault is applied.
type Role = HostID

// The roles.
const (
	Holder   Role = "holder"  // the client that last acquired the lock and has not released or lost it
	Waiter   Role = "waiter"  // the client that has waited longest for the lock
	AnyHost  Role = "any"     // a host drawn at random among those that are up, have work to do and are not otherwise named by the fault
	AllHosts Role = "all"     // every host not otherwise named by the fault
	Servers  Role = "servers" // every host of the lock service
	Others   Role = "others"  // every host of the lock service not otherwise named by the fault
	// Few is the smaller part of the lock service, and the worse one to lose: its leader or
	// master or, where all servers are equal, the largest number of them that is less than half.
	// For a single server it is nobody.
	Few Role = "few"
	// Primary is the one server that matters most: the leader or the master; of a single server
	// that one; where all servers are equal, the first of them.
	Primary  Role = "primary"
	Leader   Role = "leader"   // the lock service is asked for this role and those below
	Master   Role = "master"   //
	Replica  Role = "replica"  //
	Majority Role = "majority" //
	Minority Role = "minority" //
)

// Roles lists all roles.
func Roles() []Role {
	return []Role{Holder, Waiter, AnyHost, AllHosts, Servers, Leader, Master, Replica, Majority, Minority, Primary, Few, Others}
}

// IsRole reports whether a name is a role rather than a host.
func IsRole(id HostID) bool { return slices.Contains(Roles(), id) }

// players tracks who plays which role, as far as the events tell.
type players struct {
	holders []HostID // in the order in which they acquired the lock
	waiters []HostID // in the order in which they asked for the lock
	down    []HostID // crashed hosts, once for each crash in effect
	done    []HostID // clients that have finished
}

// see updates the players from an event of a client.
func (c *players) see(e Event) {
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

// crashed notes that a host is down, so it neither holds the lock nor waits for it any more.
func (c *players) crashed(host HostID) {
	c.holders, c.waiters = leave(c.holders, host), leave(c.waiters, host)
	c.down = append(c.down, host)
}

// restarted undoes one crash.
func (c *players) restarted(host HostID) {
	if i := slices.Index(c.down, host); i >= 0 {
		c.down = slices.Delete(c.down, i, i+1)
	}
}

func leave(hosts []HostID, host HostID) []HostID {
	return slices.DeleteFunc(hosts, func(h HostID) bool { return h == host })
}
