package sentinel

import (
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// Requests to a server. A redis.Command is answered with an Answer.
type (
	// Answer is a command's reply, or the reason why the server refused it.
	Answer struct {
		Reply  redis.Reply
		offset int   // of the replication stream after this command
		Err    error // ErrReadOnly, ErrNoReplicas, or nil
	}
	// wait is WAIT: answered with the number of replicas that have the stream up to offset.
	wait struct {
		offset, replicas int
		timeout          time.Duration
	}
	ping struct{} // answered with itself
	// infoRequest is INFO replication: answered with info.
	infoRequest struct{}
	info        struct {
		master   sim.HostID // the master that the server follows; "" if it is one itself
		offset   int
		linked   bool          // of a replica: in contact with its master
		unlinked time.Duration // if not linked: for how long
	}
	// replicaOf is REPLICAOF and CONFIG REWRITE; an empty master means NO ONE.
	replicaOf struct{ master sim.HostID }
	// hello is what Sentinels publish on every server about the master that they know. The server
	// passes it on to the other Sentinels.
	hello struct {
		from        sim.HostID
		epoch       uint64
		master      sim.HostID
		configEpoch uint64
	}
)

// Requests to a Sentinel, besides hello.
type (
	// masterAddress is SENTINEL GET-MASTER-ADDR-BY-NAME: answered with a sim.HostID.
	masterAddress struct{}
	// isMasterDown is SENTINEL IS-MASTER-DOWN-BY-ADDR: it asks for the other's opinion and, if
	// there is a candidate, for its vote. Answered with opinion.
	isMasterDown struct {
		master    sim.HostID
		epoch     uint64
		candidate sim.HostID // "" if no vote is asked for
	}
	opinion struct {
		down        bool
		leader      sim.HostID // the candidate it has voted for; "" if none
		leaderEpoch uint64
	}
)

// Messages between servers. They arrive in the order in which they were sent, as long as the sender
// keeps the connection.
type (
	psync     struct{}                 // a replica asks for all data and later writes
	fullSync  struct{ writes []write } // all data
	stream    struct{ write write }    // a later write
	keepAlive struct{}
	getAck    struct{}             // asks for an ack at once
	ack       struct{ offset int } // how far the replica has got
	// hungUp stands for a TCP reset: the other end knows nothing of this connection.
	hungUp struct{}
)
