package sentinel

import (
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// Requests to a server. A redis.Command is answered with an answer.
type (
	// answer is a command's reply, or why the server refused it.
	answer struct {
		reply  redis.Reply
		offset int   // of the replication stream after this command
		err    error // ErrReadOnly, ErrNoReplicas, or nil
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
		master   sim.HostID // whom the server follows; empty: it is a master
		offset   int
		linked   bool          // a replica: in contact with its master
		unlinked time.Duration // and else for how long it has not been
	}
	// replicaOf is REPLICAOF and CONFIG REWRITE; no master: NO ONE.
	replicaOf struct{ master sim.HostID }
	// hello is what Sentinels publish on every server about the master they know. The server
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
	// isMasterDown is SENTINEL IS-MASTER-DOWN-BY-ADDR: asks for the other's opinion and, if
	// there is a candidate, for its vote. Answered with opinion.
	isMasterDown struct {
		master    sim.HostID
		epoch     uint64
		candidate sim.HostID // empty: no vote is asked for
	}
	opinion struct {
		down        bool
		leader      sim.HostID // whom it has voted for; empty: no vote
		leaderEpoch uint64
	}
)

// Messages between servers, which arrive in the order in which they were sent for as long
// as the sender keeps the connection.
type (
	psync     struct{}                 // a replica asks for all data and what comes after
	fullSync  struct{ writes []write } // all data
	stream    struct{ write write }    // what comes after
	keepAlive struct{}
	getAck    struct{}             // asks for an ack at once
	ack       struct{ offset int } // how far the replica has got
	// hungUp is what a TCP reset tells: the other end knows nothing of this connection.
	hungUp struct{}
)
