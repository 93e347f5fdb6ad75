// Package wire carries requests to locklab's own live services, the ledger and the perfect lock,
// and their answers back: one line of JSON each, over TCP. A client that waits too long for an
// answer gets sim.ErrUnknown and drops the connection; what was sent may still arrive and be
// executed. The package also watches what client libraries of other services send.
package wire
