//go:build linux

package network

import (
	"errors"
	"fmt"
	"os"
)

// After a partition heals, an open connection continues with its next retransmission. Linux
// waits longer and longer for that, up to the length of the partition. Kernels since 6.15 can be
// given a longest wait; connections then continue within a second, and trials need not last for
// minutes. But these kernels also measure the time until they give up in retransmissions, so the
// number of retransmissions is set high enough to keep the original patience.
var patienceSettings = []struct{ name, value string }{
	{"tcp_rto_max_ms", "1000"},    // the longest wait, in ms
	{"tcp_retries2", "255"},       // of an open connection: about 4 minutes
	{"tcp_orphan_retries", "100"}, // of a connection closed by its program with data unsent
	{"tcp_syn_retries", "127"},    // of an attempt to connect; clients have timeouts of their own
	{"tcp_synack_retries", "60"},  // of the answer to such an attempt
}

// patience sets how a host's kernel retransmits, if the kernel supports it.
func (n *Namespace) patience() error {
	return n.In(func() error {
		// The contents of this directory depend on the namespace of the thread that opens it.
		const dir = "/proc/sys/net/ipv4/"
		if _, err := os.Stat(dir + patienceSettings[0].name); errors.Is(err, os.ErrNotExist) {
			return nil // an older kernel: late messages are later, and trials are still correct
		}
		for _, s := range patienceSettings {
			if err := os.WriteFile(dir+s.name, []byte(s.value), 0); err != nil {
				return fmt.Errorf("set net.ipv4.%s in a host's network namespace: %w", s.name, err)
			}
		}
		return nil
	})
}
