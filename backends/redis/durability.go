package redis

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
)

// Durability is what a server still knows after its machine crashed.
type Durability string

// What `appendonly` and `appendfsync` of redis.conf amount to.
const (
	// DurabilityNone is Redis's default (appendonly no): the server comes back empty.
	DurabilityNone Durability = "none"
	// DurabilityEverySec is appendfsync everysec, the default once appendonly is on: a
	// crash loses at most the last second.
	DurabilityEverySec Durability = "everysec"
	// DurabilityAlways is appendfsync always: whatever was answered is kept.
	DurabilityAlways Durability = "always"
)

// NodeSettings is how one server is run.
type NodeSettings struct {
	Durability   Durability
	RestartDelay time.Duration // how long it waits after a crash before it serves
}

// DurabilityOption is the option of a backend that runs such servers.
func DurabilityOption() backends.Option {
	return backends.Option{
		Name: optionDurable, Kind: backends.Choice, Default: string(DurabilityNone),
		Choices: []string{string(DurabilityNone), string(DurabilityEverySec), string(DurabilityAlways)},
		Doc:     "what a server knows after a crash: nothing (none), all but the last second (everysec), or all it has answered (always)",
	}
}

// Syncs says why a server with these settings does not wait for its disk; nil means it does. With
// everysec a separate thread syncs while the server goes on writing: the server waits for two
// seconds at most, and only if the file cannot be written either (Redis, src/aof.c,
// flushAppendOnlyFile).
func (s NodeSettings) Syncs() error {
	if s.Durability == DurabilityAlways {
		return nil
	}
	return fmt.Errorf("redis-server waits for its disk with %s=%s only, and this is %s=%s", optionDurable, DurabilityAlways, optionDurable, s.Durability)
}

// RestartDelayOption is the option for the delayed restarts of the Redis documentation
// ("Performance, Crash Recovery and fsync"): a server that comes back without its memory is
// harmless if it stays away for longer than any lease it might have forgotten.
func RestartDelayOption() backends.Option {
	return backends.Option{
		Name: optionRestart, Kind: backends.Duration, Default: "0s",
		Doc: "how long a server that crashed waits, by its monotonic clock, before it serves again",
	}
}

// NodeSettingsOf reads both options.
func NodeSettingsOf(s backends.Settings) NodeSettings {
	return NodeSettings{Durability: Durability(s.Choice(optionDurable)), RestartDelay: s.Span(optionRestart)}
}
