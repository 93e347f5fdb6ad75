//go:build linux

package live_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// The duties of processes in tests of faults.
var faultDuties = map[string]live.Duty{
	"watcher":     watcher,
	"restless":    restless,
	"timekeeper":  timekeeper,
	"sleeper":     sleeper,
	"spinner":     spinner,
	"listener":    listener,
	"caller":      caller,
	"reborn":      reborn,
	"last-write":  lastWrite,
	"headless":    headless,
	"busy-server": busyServer,
}

// ownClocks returns an event with the process's own clocks: the monotonic one in Until, the wall
// clock, as nanoseconds since 1970, in Balance.
func ownClocks(h *live.Host, kind sim.Kind) sim.Event {
	return sim.Event{Kind: kind, Until: h.Now(), Balance: h.Wall().UnixNano()}
}

// timekeeper reads its clocks before a fault that waits for "acquired", after it, and again once
// its monotonic clock has advanced by the given time.
func timekeeper(h *live.Host, spec json.RawMessage) error {
	var while time.Duration
	if err := json.Unmarshal(spec, &while); err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	h.Record(ownClocks(h, sim.Acquired))
	h.Record(ownClocks(h, sim.Check))
	h.Sleep(while)
	h.Record(ownClocks(h, sim.Release))
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// watcher keeps reading its clocks until its wall clock has been shifted away and back.
func watcher(h *live.Host, _ json.RawMessage) error {
	h.Ready()
	h.AwaitStart()
	began, left := h.Wall(), false
	for away := false; away || !left; left = left || away {
		e := ownClocks(h, sim.Check)
		away = time.Duration(e.Balance-began.UnixNano()) > time.Hour/2
		e.Refused = away
		h.Record(e)
		h.Sleep(20 * time.Microsecond)
	}
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// restless keeps recording events in its first life. In its second it only records that it is
// there.
func restless(h *live.Host, _ json.RawMessage) error {
	const lived = "lived"
	_, err := os.Stat(lived)
	h.Ready()
	h.AwaitStart()
	if err == nil {
		h.Record(sim.Event{Kind: sim.Done})
		return nil
	}
	if err := os.WriteFile(lived, nil, 0o600); err != nil {
		return err
	}
	for {
		h.Record(sim.Event{Kind: sim.Check})
	}
}

// sleeper sleeps for an hour on its own clock, and stays, so that its clocks can be inspected.
func sleeper(h *live.Host, _ json.RawMessage) error {
	h.Ready()
	h.AwaitStart()
	h.Record(ownClocks(h, sim.Acquired))
	h.Sleep(time.Hour)
	h.Record(ownClocks(h, sim.Check))
	h.Record(sim.Event{Kind: sim.Done})
	stopped := h.Stopped()
	h.Outside(func() { <-stopped })
	return nil
}

// reborn records what it draws and what its clocks show; its first life ends with "acquired".
func reborn(h *live.Host, _ json.RawMessage) error {
	h.Ready()
	h.AwaitStart()
	e := ownClocks(h, sim.Acquired)
	e.Token = h.Uint64()
	h.Record(e)
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// spinner reads the clock and sets timers as fast as it can on many goroutines, from before the
// start. It fails if its monotonic clock goes back or a timer fires early.
func spinner(h *live.Host, _ json.RawMessage) error {
	base := time.Now()
	var latest atomic.Int64
	var rounds, early, back atomic.Int64
	for i := range 6 {
		go func() {
			for {
				before := latest.Load()
				now := time.Since(base)
				if int64(now) < before {
					back.Add(1)
				}
				latest.CompareAndSwap(before, int64(now))
				rounds.Add(1)
				if i%2 == 0 {
					time.Sleep(50 * time.Microsecond)
					if time.Since(base)-now < 50*time.Microsecond {
						early.Add(1)
					}
				}
			}
		}()
	}
	h.Ready()
	h.AwaitStart()
	h.Record(sim.Event{Kind: sim.Check, Balance: rounds.Load()})
	if back.Load()+early.Load() > 0 {
		return fmt.Errorf("the clock went back %d times, %d timers were early", back.Load(), early.Load())
	}
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

const talkPort = ":7000"

// listener accepts connections and says nothing.
func listener(h *live.Host, spec json.RawMessage) error {
	var address string
	if err := json.Unmarshal(spec, &address); err != nil {
		return err
	}
	l, err := net.Listen("tcp", address+talkPort)
	if err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	h.Outside(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
		}
	})
	return errors.New("the listener has stopped")
}

// caller has a connection to the listener. After a fault that waits for "acquired" it tries this
// connection and a second one.
func caller(h *live.Host, spec json.RawMessage) error {
	var address string
	if err := json.Unmarshal(spec, &address); err != nil {
		return err
	}
	old, err := net.Dial("tcp", address+talkPort)
	if err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	h.Record(sim.Event{Kind: sim.Acquired})
	try := func(f func() error) {
		var how error
		h.Outside(func() { how = f() })
		note := "no error"
		if how != nil {
			note = how.Error()
		}
		h.Record(sim.Event{Kind: sim.Check, Note: note})
	}
	const patience = 100 * time.Millisecond
	try(func() error {
		if err := old.SetDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		if _, err := old.Write([]byte("hello")); err != nil {
			return err
		}
		_, err := old.Read(make([]byte, 1))
		return err
	})
	try(func() error {
		_, err := net.DialTimeout("tcp", address+talkPort, patience)
		return err
	})
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}
