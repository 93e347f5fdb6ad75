//go:build linux

package live

import (
	"errors"
	"fmt"
	"os"
)

// After a partition heals, an open connection goes on with the next retransmission, for
// which Linux waits longer and longer, up to as long as the partition was. Kernels since
// 6.15 can be told the longest wait; then connections go on within a second, and trials
// need not last for minutes. But they also count the time until they give up in
// retransmissions: so these are made as many as it takes to be as patient as before.
var patienceSettings = []struct{ name, value string }{
	{"tcp_rto_max_ms", "1000"},    // the longest wait, in ms
	{"tcp_retries2", "255"},       // of an open connection: about 4 minutes
	{"tcp_orphan_retries", "100"}, // of one that its program has closed with something unsent
	{"tcp_syn_retries", "127"},    // of an attempt to connect; clients have time-outs of their own
	{"tcp_synack_retries", "60"},  // of the answer to one
}

// patience sets how a host's kernel retransmits, where it can be told.
func (n *namespace) patience() error {
	return n.in(func() error {
		// What is in this directory depends on the namespace of the thread that opens it.
		const dir = "/proc/sys/net/ipv4/"
		if _, err := os.Stat(dir + patienceSettings[0].name); errors.Is(err, os.ErrNotExist) {
			return nil // an older kernel: late messages are later, and trials still right
		}
		for _, s := range patienceSettings {
			if err := os.WriteFile(dir+s.name, []byte(s.value), 0); err != nil {
				return fmt.Errorf("set net.ipv4.%s in a host's network namespace: %w", s.name, err)
			}
		}
		return nil
	})
}
