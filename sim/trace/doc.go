// Package trace reads a history once, for all who judge, measure, draw or tell it:
//
//	t := trace.Read(h)
//	for _, b := range t.Beliefs {
//		fmt.Println(b.Client, "held", b.Grant, "from", b.Began.At)
//	}
//	fmt.Println(t.Owner("znode-7"), "was given it") // client-2
//
// It says what happened and to whom, and judges nothing. What a trace has:
//
//   - Grants: each time that the lock service gave the lock away, and whose it was (Owner).
//   - Holdings: each time that a server had a grant, or had given it its vote.
//   - Beliefs: each time that a client believed that it held the lock, within its own deadline
//     and past it.
//   - Attempts: each time that a client asked for the lock, and its answer.
//   - Faults: each time that a fault was done to one host, or to links.
//   - Book: which writes the account took, and which of them are in its balance.
//   - Lag: by how much what a lock service did may be stamped late.
//
// Each of these has one rule, stated where it stands. Any history can be read, also one that
// contradicts itself: what it does not tell stays empty, and where that matters an error says why.
package trace
