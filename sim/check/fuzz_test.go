package check_test

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/historytest"
	"github.com/locklab/locklab/sim/trace"
)

// FuzzJudge checks that every checker gives any history a verdict whose evidence is in the
// history, that measures are finite numbers, and that the same history, read back from its file,
// is judged the same way.
func FuzzJudge(f *testing.F) {
	for _, seed := range historytest.Seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		h := historytest.Of(src)
		if h == nil {
			return
		}
		findings := check.All(trace.Read(h))
		for _, finding := range findings {
			if strings.HasPrefix(finding.Why, "the checker itself failed") {
				t.Errorf("%s: %s", finding.Property, finding.Why)
			}
			if finding.Verdict != check.Holds && finding.Why == "" {
				t.Errorf("%s is %s, and nothing says why", finding.Property, finding.Verdict)
			}
			for _, seq := range finding.Evidence {
				if seq < 1 || seq > int64(len(h.Events)) {
					t.Errorf("%s: the evidence is event %d of %d", finding.Property, seq, len(h.Events))
				}
			}
			if !slices.IsSorted(finding.Evidence) {
				t.Errorf("%s: the evidence is %v, in no order", finding.Property, finding.Evidence)
			}
		}
		measured := check.MeasureAll(trace.Read(h))
		for _, m := range measured {
			if bad := m.Full(); !finite(bad.Least, bad.Most, bad.Mean, bad.P50, bad.P99) || bad.Least > bad.Most || bad.Least < 0 && !m.Measure.Signed() {
				t.Errorf("measured %+v", m)
			}
		}
		trace.Balances(h)

		var file bytes.Buffer
		if err := h.Write(&file); err != nil {
			t.Fatal(err)
		}
		again, err := sim.ReadHistory(&file, "again.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		if got := check.All(trace.Read(again)); !reflect.DeepEqual(got, findings) {
			t.Errorf("read back it is judged\n%+v, first\n%+v", got, findings)
		}
		if got := check.MeasureAll(trace.Read(again)); !reflect.DeepEqual(got, measured) {
			t.Errorf("read back it measures\n%+v, first\n%+v", got, measured)
		}
	})
}

func finite(all ...float64) bool {
	return !slices.ContainsFunc(all, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}
