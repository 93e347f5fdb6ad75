package redis

import "github.com/locklab/locklab/backends"

// ClientOptions names what each client decides by itself; the others are about the servers.
func (b Backend) ClientOptions() []string {
	return backends.OptionsBut(b, optionDurable, optionRestart)
}
