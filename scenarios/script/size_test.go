package script

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
)

const sizedScript = `
scenario: sized
title: A fault with a size
text: A text.
ttl: 10s
clients: 2
workload: {withdraw: {think: 0.2ttl}}
backends: [none, redis]
guards: [none, best]
size: {name: how long client 1 is paused, unit: ttl, at: 1.5}
steps:
  - on: {client: 1, event: read}
    do: {pause: {host: client-1, for: $size}}
  - at: 1s
    do: {crash: {host: ledger, for: 1s}}
until: 4ttl+$size
not-applicable:
  - {backend: none, because: there is nothing to hold}
expect:
  - {backend: redis, guard: none, lost-update: violated, because: nobody checks}
  - {backend: redis, guard: best, lost-update: holds, because: the account checks}
`

func TestSizeTakesItsPlacesInTheScript(t *testing.T) {
	s, err := Load("sized.yaml", []byte(sizedScript), known())
	scripttest.Must(t, err)
	pauses := func(s *Scenario) time.Duration { return s.Steps[0].Do.For.In(s.TTL) }
	if got := pauses(s); got != 15*time.Second || s.Until.In(s.TTL) != 55*time.Second {
		t.Errorf("as the file has it, the pause is %v and the end %v", got, s.Until)
	}
	other, err := s.Sized(0.25)
	scripttest.Must(t, err)
	if got := pauses(other); got != 2500*time.Millisecond || other.Size.At != 0.25 || pauses(s) != 15*time.Second {
		t.Errorf("with another size, the pause is %v, of the original %v", got, pauses(s))
	}
	nothing, err := s.Sized(0)
	scripttest.Must(t, err)
	if len(nothing.Steps) != 1 || nothing.Steps[0].At == nil {
		t.Errorf("without the pause, the steps are %+v", nothing.Steps)
	}
	for _, x := range []float64{-1, 1e9} {
		if _, err := s.Sized(x); err == nil {
			t.Errorf("a pause of %v leases is none, but was accepted", x)
		}
	}
	if _, err := (&Scenario{Name: "sizeless"}).Sized(1); err == nil || !strings.Contains(err.Error(), "sizeless has a fault without a size") {
		t.Errorf("a fault without a size: %v", err)
	}
}

// TestBestGuardGoesByTheLockService also checks that a stated reason keeps a service out.
func TestBestGuardGoesByTheLockService(t *testing.T) {
	s, err := Load("sized.yaml", []byte(sizedScript), known())
	scripttest.Must(t, err)
	cells, err := s.Cells(known().Registry)
	scripttest.Must(t, err)
	var guards []string
	for _, c := range cells {
		guards = append(guards, c.Backend.String()+" "+c.Guard)
		why := s.NotApplicable(c, s.TTL)
		if c.Backend.String() == "none" && (why == nil || why.Error() != "there is nothing to hold") || c.Backend.String() == "redis" && why != nil {
			t.Errorf("%s: %v", c.Backend, why)
		}
		if found := s.Expected(c); c.Backend.String() == "redis" && len(found) != 1 {
			t.Errorf("%s with guard %s expects %v", c.Backend, c.Guard, found)
		}
	}
	if got, want := strings.Join(guards, ", "), "none none, none cas, redis none, redis fence-all"; got != want {
		t.Errorf("the cells are %s, want %s", got, want)
	}
}
