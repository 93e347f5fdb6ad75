package trace_test

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

func Example() {
	h := trace.Finish(sim.Header{World: sim.VirtualWorld, Clients: []sim.HostID{"client-1", "client-2"}}, []sim.Event{
		{At: 1 * time.Second, Host: "redis-1", Kind: sim.Granted, Grant: "a"},
		{At: 1 * time.Second, Host: "client-1", Kind: sim.Acquired, Grant: "a", Until: 11 * time.Second},
		{At: 12 * time.Second, Host: "redis-1", Kind: sim.Granted, Grant: "b"},
		{At: 12 * time.Second, Host: "client-2", Kind: sim.Acquired, Grant: "b", Until: 22 * time.Second},
		{At: 15 * time.Second, Host: "client-1", Kind: sim.Release, Grant: "a"},
		{At: 16 * time.Second, Host: "client-2", Kind: sim.Release, Grant: "b"},
	}, nil)

	t := trace.Read(h)
	for _, b := range t.Beliefs {
		for _, p := range b.Pieces {
			fmt.Printf("%s holds %s from %v to %v, within its deadline: %t\n", b.Client, b.Grant, p.Began.At, p.Ended.At, p.Valid)
		}
	}
	fmt.Println("the second grant is that of", t.Grants[1].Client)
	// Output:
	// client-1 holds a from 1s to 11s, within its deadline: true
	// client-1 holds a from 11s to 15s, within its deadline: false
	// client-2 holds b from 12s to 16s, within its deadline: true
	// the second grant is that of client-2
}
