//go:build linux

package protocol

import (
	"reflect"
	"testing"

	"github.com/locklab/locklab/sim"
)

// A conversation outlives the trial that listens to it, and must not keep that alive.
func TestAListenerThatHasHeardEverythingIsForgotten(t *testing.T) {
	c := New(nil)
	var heard []sim.Kind
	c.ListenWith(func(r Report) { heard = append(heard, r.Event.Kind) })
	if !c.heard(Report{Say: Event, Event: &sim.Event{Kind: sim.Acquired}}) {
		t.Fatal("an event is not taken for a report")
	}
	c.end()
	<-c.Delivered()
	if len(heard) != 1 || heard[0] != sim.Acquired {
		t.Errorf("it heard %v", heard)
	}
	c.hearing.Lock()
	defer c.hearing.Unlock()
	if reflect.ValueOf(c.listen).Pointer() != reflect.ValueOf(nobody).Pointer() {
		t.Error("the listener is still told of events")
	}
}
