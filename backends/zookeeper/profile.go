package zookeeper

// Profile names a set of defaults for the options.
type Profile string

// The profiles. The servers are the same; a profile determines what the client does.
const (
	// Recipe is the lock of the ZooKeeper documentation with what Apache Curator adds to it: it
	// checks its own znode (LockInternals, StandardLockInternalsDriver), and keeps deleting what a
	// try or a release left behind for as long as it takes (guaranteed delete,
	// FailedDeleteManager).
	Recipe Profile = ""
	// GoZookeeper is the Lock of go-zookeeper/zk 1.0.4 as it is (lock.go), used as package lib uses
	// it: the create is tried three times and looked for by its GUID in between
	// (Conn.CreateProtectedEphemeralSequential). Lock never looks for its own znode, leaves it
	// behind when it fails, and reports nothing once it has returned; Unlock sends one delete. A
	// user who stops waiting, or whose Unlock does not return, can only end the session.
	GoZookeeper Profile = "go"
)

// facts are the points on which profiles differ: option defaults, as written in a spec, and what no
// option changes.
type facts struct {
	title   string
	timeout string
	giveUp  string
	check   string
	cleanup string
	tries   string
	races   bool // the library's goroutines race when a client continues after a stop
}

func (p Profile) facts() facts {
	switch p {
	case Recipe:
		return facts{
			title:   "ZooKeeper: ephemeral sequential znodes, the lock recipe",
			timeout: "0.5ttl", giveUp: atDisconnected, check: "on", cleanup: cleanForever, tries: "1",
		}
	case GoZookeeper:
		return facts{
			title:   "ZooKeeper with the Lock of go-zookeeper/zk: nothing lost is told, nothing left is deleted",
			timeout: "1ttl", giveUp: atNever, check: "off", cleanup: cleanOff, tries: "3",
			races: true,
		}
	}
	panic("nothing is known of the profile " + string(p))
}

// Races reports whether the library's goroutines race when a client continues after a stop.
func (p Profile) Races() bool { return p.facts().races }
