// Package consensus is the replicated log under the models of etcd and ZooKeeper: Raft (Ongaro and
// Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014), with the pre-vote and
// the quorum check that etcd adds. There are no snapshots and no changes of membership: a trial is
// short and its servers stay.
//
// Node is the algorithm, a state machine without clock, disk or network. Server runs one on a
// simulated host.
package consensus
