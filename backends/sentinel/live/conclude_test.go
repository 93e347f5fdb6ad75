//go:build linux

package sentinellive

import (
	"reflect"
	"slices"
	"testing"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/sentinel"
	"github.com/locklab/locklab/sim"
)

func TestALockIsForgottenWithItsLastCopyIfNobodyHasEndedIt(t *testing.T) {
	const master, replica = sentinel.MasterID, sim.HostID("redis-replica-1")
	on := func(host sim.HostID, k, ended sim.Kind) sim.Event {
		return sim.Event{Host: host, Kind: k, Grant: "a", Ended: ended}
	}
	granted, copied := on(master, sim.Granted, ""), on(replica, sim.NodeGranted, "")
	down := on(master, sim.NodeEnded, "")
	gone := on(master, sim.NodeEnded, sim.Forgotten)
	forgotten := on(master, sim.Forgotten, "")
	tests := map[string]struct{ seen, want []sim.Event }{
		"the only copy is lost in a crash": {
			seen: []sim.Event{granted, down, gone}, want: []sim.Event{granted, forgotten},
		},
		"the replica has it still": {
			seen: []sim.Event{granted, copied, down, gone}, want: []sim.Event{granted},
		},
		"the replica lets go of it first": {
			seen: []sim.Event{granted, copied, on(replica, sim.NodeEnded, sim.Forgotten), down, gone},
			want: []sim.Event{granted, forgotten},
		},
		"its server is down and not back": {
			seen: []sim.Event{granted, down}, want: []sim.Event{granted},
		},
		"its server remembers it": {
			seen: []sim.Event{granted, down, on(master, sim.NodeGranted, "")}, want: []sim.Event{granted},
		},
		"the copy's server is down when the other loses it": {
			seen: []sim.Event{granted, copied, on(replica, sim.NodeEnded, ""), gone},
			want: []sim.Event{granted, forgotten},
		},
		"its holder gave it back": {
			seen: []sim.Event{granted, copied, on(master, sim.Freed, ""), on(replica, sim.NodeEnded, "")},
			want: []sim.Event{granted, on(master, sim.Freed, "")},
		},
		"a copy is gone that had been given back elsewhere": {
			seen: []sim.Event{granted, copied, on(master, sim.Freed, ""), on(replica, sim.NodeEnded, sim.Forgotten)},
			want: []sim.Event{granted, on(master, sim.Freed, "")},
		},
		"its time is up when the server is back": {
			seen: []sim.Event{granted, down, on(master, sim.NodeEnded, sim.Expired)},
			want: []sim.Event{granted, on(master, sim.Expired, "")},
		},
	}
	for name, test := range tests {
		if got := (Backend{}).Conclude(test.seen, backends.Settings{}); !slices.EqualFunc(got, test.want, func(a, b sim.Event) bool { return reflect.DeepEqual(a, b) }) {
			t.Errorf("%s: %+v, expected %+v", name, got, test.want)
		}
	}
}
