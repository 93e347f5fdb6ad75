package trace_test

import (
	"testing"

	"github.com/locklab/locklab/sim/trace"
)

func TestOperationsAreToldByWhoAndWhichNotByTheirNames(t *testing.T) {
	for op, want := range map[string]string{
		"client-1/1":   "the 1st withdrawal of client-1",
		"client-2/2":   "the 2nd withdrawal of client-2",
		"client-1/3":   "the 3rd withdrawal of client-1",
		"client-1/11":  "the 11th withdrawal of client-1",
		"client-1/112": "the 112th withdrawal of client-1",
		"client-1/121": "the 121st withdrawal of client-1",
		"by-hand":      "by-hand",
		"":             "an unnamed operation",
	} {
		if got := trace.Operation(op); got != want {
			t.Errorf("%q is told as %q, want %q", op, got, want)
		}
	}
}
