// Package trace reads a history once, for all code that judges, measures, draws or narrates it:
//
//	t := trace.Read(h)
//	for _, b := range t.Beliefs {
//		fmt.Println(b.Client, "held", b.Grant, "from", b.Began.At)
//	}
//	fmt.Println(t.Owner("znode-7"), "was given it") // client-2
//
// It says what happened and to whom, and judges nothing. A trace has:
//
//   - Grants: each time that the lock service granted the lock, and to whom (Owner).
//   - Holdings: each time that a server had a grant, or had given it its vote.
//   - Beliefs: each time that a client believed that it held the lock, within its own deadline
//     and past it.
//   - Work: each time that a client was at work under the lock, whether or not it still had it.
//   - Attempts: each time that a client asked for the lock, and the answer.
//   - Faults: each time that a fault was done to one host, or to links.
//   - Book: which writes the account accepted, and which of them are in its balance; Balances
//     compares that with the balance that it should have.
//   - Lag: how late a lock service's events may be stamped.
//
// Each of these follows one rule, stated at its type or function. Any history can be read, even
// one that contradicts itself: what it does not say stays empty, and where that matters an error
// says why.
package trace
