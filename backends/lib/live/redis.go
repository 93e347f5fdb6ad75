//go:build linux

package liblive

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// warmUpKey is what a library locks once before the trial, so that its connections exist and the
// server knows its scripts, as after a while of use. The observer ignores this key.
const warmUpKey = "warm-up"

// newValue draws a lock's value as both libraries do, 16 random bytes, and signs it.
func newValue(h *live.Host) string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return sim.Sign(h, base64.RawURLEncoding.EncodeToString(b[:]))
}

// redisClient is go-redis with its defaults, and everything that it does behind the caller's back:
// it retries commands, keeps a pool of connections, and ignores the deadlines of contexts.
type redisClient struct {
	*goredis.Client
	unanswered atomic.Bool // the command that ended last got no answer
}

// newRedisClient returns a host's client of the server at this IP address. asks looks at the words
// of each command.
func newRedisClient(h wire.Host, ip string, asks func(words []string) (value string, yes bool), sent func(value string)) *redisClient {
	dial := goredis.NewDialer(&goredis.Options{DialTimeout: 5 * time.Second}) // the default
	c := &redisClient{Client: goredis.NewClient(&goredis.Options{
		Addr: net.JoinHostPort(ip, redislive.ServerPort),
		Dialer: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return watch(conn, h, func(b []byte) (string, bool) { return asks(commandWords(b)) }, sent), nil
		},
	})}
	c.AddHook(answerHook{c})
	return c
}

// commandWords parses a command as it is sent: a list of strings (RESP: *N, then $LENGTH and the
// string, N times). None of a lock's strings contains a line break.
func commandWords(b []byte) (words []string) {
	lines := strings.Split(string(b), "\r\n")
	for i := 2; i < len(lines); i += 2 {
		words = append(words, lines[i])
	}
	return words
}

// answerHook records whether commands are answered.
type answerHook struct{ client *redisClient }

func (answerHook) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (answerHook) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

func (a answerHook) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, command goredis.Cmder) error {
		err := next(ctx, command)
		var answer goredis.Error // also goredis.Nil: there is no such thing
		a.client.unanswered.Store(err != nil && !errors.As(err, &answer))
		return err
	}
}
