// Package consensus is the replicated log that the models of etcd and ZooKeeper stand on:
// Raft (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm",
// 2014), with the pre-vote and the check of the quorum that etcd adds to it. There are no
// snapshots and no changes of membership: a trial is short and its servers stay.
//
// Node is the algorithm, a state machine without clock, disk or network. Server runs one
// on a simulated host.
package consensus
