//go:build linux

package redislive

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"pgregory.net/rapid"
)

// The model and a real server are given the same elements and must end with the same set; the
// command's answer shows which of them were new. The observer must not take any of it for an event
// of the lock.
func TestTheModelKeepsTheSetThatRedisKeeps(t *testing.T) {
	server := startServer(t)
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		if err := server.admin.FlushAll(ctx).Err(); err != nil {
			t.Fatal(err)
		}
		stream, _, err := openStream("unix", server.socket)
		if err != nil {
			t.Fatal(err)
		}
		defer stream.conn.Close()
		model := redis.NewModel()
		realtime.Run("client-1", func(h *realtime.Host) {
			p := newPort(h, "unix", server.socket)
			defer p.close()
			for range rapid.IntRange(0, 20).Draw(t, "elements") {
				element := rapid.SampledFrom([]string{"client-1/1", "client-1/2", "client-2/1", `c"\ d`, redis.LockKey}).Draw(t, "element")
				size := server.admin.SCard(ctx, redis.SetKey).Val()
				if err := p.Add(redis.SetKey, element, patience); err != nil {
					t.Fatal(err)
				}
				grew := server.admin.SCard(ctx, redis.SetKey).Val() > size
				if r := model.Apply(server.now(t), redis.Command{Kind: redis.CommandAdd, Key: redis.SetKey, Value: element}); r.OK != grew {
					t.Fatalf("%q: in redis it is new: %t; in the model %+v", element, grew, r)
				}
			}
			if len(h.Events()) > 0 {
				t.Fatalf("recorded %+v, and that is for the workload to do", h.Events())
			}
		})
		got, want := server.admin.SMembers(ctx, redis.SetKey).Val(), model.Members(redis.SetKey)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("redis has %q, the model %q", got, want)
		}
		realtime.Run(redis.ServerID, func(h *realtime.Host) {
			if err := stream.end(); err != nil {
				t.Fatal(err)
			}
			if err := stream.follow(h, newRecorder(h.Record, Observation{})); err != nil {
				t.Fatal(err)
			}
			if len(h.Events()) > 0 {
				t.Fatalf("the observer saw %+v, and nobody has touched the lock", h.Events())
			}
		})
	})
}

// A server that refuses an element says so, so the outcome is not unknown.
func TestARefusedElementIsNotAnUnknownOne(t *testing.T) {
	server := startServer(t)
	if err := server.admin.Set(t.Context(), redis.SetKey, "no set", 0).Err(); err != nil {
		t.Fatal(err)
	}
	realtime.Run("client-1", func(h *realtime.Host) {
		p := newPort(h, "unix", server.socket)
		defer p.close()
		if err := redis.NewAdder(h, p, settings(t, "redis+timeout=1ttl")).Add("client-1/1"); err == nil || errors.Is(err, sim.ErrUnknown) {
			t.Errorf("SADD to something else: %v", err)
		}
	})
}
