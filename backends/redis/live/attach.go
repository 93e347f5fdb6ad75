//go:build linux

package redislive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	goredis "github.com/redis/go-redis/v9"
)

var _ backends.Attachable = Backend{}

// attached is the backend on a server that somebody else operates.
type attached struct {
	Backend
	to *backends.Attachment
}

// Attach returns the backend on such a server.
func (b Backend) Attach(to *backends.Attachment) backends.Attached { return attached{b, to} }

// Attachment returns where the server is.
func (b attached) Attachment() *backends.Attachment { return b.to }

// Missing returns an error for settings that an attached server cannot have.
func (b attached) Missing(s backends.Settings) error {
	return cmp.Or(b.to.Fits(b.Servers(s)), RefuseNodeSettings(s))
}

// RefuseNodeSettings returns an error if somebody asked for settings of nodes: an attached server
// runs with its own.
func RefuseNodeSettings(s backends.Settings) error {
	return backends.RefuseWritten(s, redis.DurabilityOption().Name, redis.RestartDelayOption().Name)
}

// Start makes sure that the server serves.
func (b attached) Start(ctx context.Context, _ *live.Lab, _ backends.Settings) error {
	return CheckAttached(ctx, b.to)
}

// Observe puts a relay in the server's place and an observer beside it.
func (b attached) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	return ObserveAttached(ctx, lab, b.to, b.Servers(s), Observation{})
}

// Reset removes what the trial left behind.
func (b attached) Reset(ctx context.Context, lab *live.Lab, _ backends.Settings) error {
	return b.to.Reset(ctx, lab, b.Clean)
}

// Clean removes what trials left behind.
func (b attached) Clean(ctx context.Context, prefixes []string) error {
	return CleanAttached(ctx, b.to, prefixes)
}

// DialUnder gives a client's process its lock, under names that begin with a prefix.
func (b Backend) DialUnder(names backends.Names, h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	p, err := b.dial(h, servers[0], s)
	if err != nil {
		return nil, err
	}
	return b.LockOn(h, Under(names.Prefix, p), s), nil
}

// CheckAttached verifies that each server is a Redis and accepts writes.
func CheckAttached(ctx context.Context, to *backends.Attachment) error {
	return eachAttached(ctx, to, func(s *session) error {
		answer, err := s.client.Do(ctx, "ROLE").Slice()
		if err != nil {
			return err
		}
		if len(answer) == 0 || answer[0] != "master" {
			return fmt.Errorf("it is no master: it answers ROLE with %v", answer)
		}
		return nil
	})
}

// ObserveAttached puts relays on the hosts and starts an observer for each server.
func ObserveAttached(ctx context.Context, lab *live.Lab, to *backends.Attachment, hosts []sim.HostID, o Observation) error {
	prefix, err := to.Prefix(lab)
	if err != nil {
		return err
	}
	if err := to.Stand(ctx, lab, hosts, ServerPort); err != nil {
		return err
	}
	for i, id := range hosts {
		if err := StartAttachedObserver(ctx, lab, id, to.Sockets[i], prefix, o); err != nil {
			return err
		}
	}
	return nil
}

// StartAttachedObserver starts the observer of the server behind a relay's socket. It runs on a
// host for one trial and watches the lock whose names begin with prefix.
func StartAttachedObserver(ctx context.Context, lab *live.Lab, id sim.HostID, socket, prefix string, o Observation) error {
	spec := attachedSpec{Network: "unix", Address: socket, Prefix: prefix, Observation: o}
	return backends.StartObserver(ctx, lab, id, attachedDuty, spec)
}

// CleanAttached deletes the lock's keys under these prefixes from the servers.
func CleanAttached(ctx context.Context, to *backends.Attachment, prefixes []string) error {
	return eachAttached(ctx, to, func(s *session) error {
		for _, prefix := range prefixes {
			if err := s.client.Del(ctx, prefix+redis.LockKey, prefix+redis.CounterKey).Err(); err != nil {
				return err
			}
		}
		return nil
	})
}

// AskAttached sends a command to one of the servers and returns its answer as go-redis does.
func AskAttached(ctx context.Context, to *backends.Attachment, server int, command ...any) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	raw, err := to.Dial(ctx, server)
	if err != nil {
		return nil, err
	}
	s, err := newSession(raw, connectLimit)
	if err != nil {
		return nil, err
	}
	defer s.client.Close()
	return s.client.Do(ctx, command...).Result()
}

// IsRefusal reports whether an error is a server's answer.
func IsRefusal(err error) bool {
	var refusal goredis.Error
	return errors.As(err, &refusal)
}

// eachAttached connects to each server and asks it something.
func eachAttached(ctx context.Context, to *backends.Attachment, ask func(*session) error) error {
	for i, address := range to.Addresses {
		about := func(err error) error { return fmt.Errorf("the attached redis at %s: %w", address, err) }
		raw, err := to.Dial(ctx, i)
		if err != nil {
			return about(err)
		}
		s, err := newSession(raw, connectLimit)
		if err != nil {
			return about(err)
		}
		err = ask(s)
		s.client.Close()
		if err != nil {
			return about(err)
		}
	}
	return nil
}

// under is a Port that adds a prefix to every key's name.
type under struct {
	redis.Port
	prefix string
}

// Under returns a Port that adds prefix to every key's name.
func Under(prefix string, p redis.Port) redis.Port { return under{p, prefix} }

func (u under) SetNX(key, value string, px, timeout time.Duration) (bool, error) {
	return u.Port.SetNX(u.prefix+key, value, px, timeout)
}

func (u under) SetNXWithToken(key, counterKey, value string, px, timeout time.Duration) (uint64, bool, error) {
	return u.Port.SetNXWithToken(u.prefix+key, u.prefix+counterKey, value, px, timeout)
}

func (u under) Obtain(key, value string, px, timeout time.Duration) (bool, error) {
	return u.Port.(redis.ObtainPort).Obtain(u.prefix+key, value, px, timeout)
}

func (u under) CompareAndDelete(key, value string, timeout time.Duration) (bool, error) {
	return u.Port.CompareAndDelete(u.prefix+key, value, timeout)
}

func (u under) CompareAndExpire(key, value string, px, timeout time.Duration) (bool, error) {
	return u.Port.CompareAndExpire(u.prefix+key, value, px, timeout)
}

func (u under) Delete(key string, timeout time.Duration) (bool, error) {
	return u.Port.Delete(u.prefix+key, timeout)
}
