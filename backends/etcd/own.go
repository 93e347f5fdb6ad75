package etcd

import "github.com/locklab/locklab/backends"

// ClientOptions names the options that each client sets for itself; the others concern the servers.
func (b Backend) ClientOptions() []string {
	return backends.OptionsBut(b, optionNodes, OptionLeadership, OptionElection, optionToken)
}
