package amount

import (
	"math"
	"testing"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
)

func TestEveryUnitHasItsOwnText(t *testing.T) {
	want := map[Unit]string{Lease: "2.5ttl", Seconds: "2.5s", Milliseconds: "2.5ms", Percent: "1.025", PercentSlow: "0.975", Probability: "2.5"}
	for _, u := range Units() {
		if least, most := u.Bounds(); !u.Known() || least != 0 || most <= 0 {
			t.Errorf("the unit %q goes from %v to %v", u, least, most)
		}
		if u == Hosts {
			continue // becomes a list
		}
		if got := Of("$n", 2.5, u, nil).Text(); got != want[u] {
			t.Errorf("2.5 in the unit %q becomes %q, want %q", u, got, want[u])
		}
	}
	if got := Of("$n", 0.1*1.5, Lease, nil).Text(); got != "0.15ttl" {
		t.Errorf("what binary fractions add to a number is written: %q", got)
	}
	if _, most := PercentSlow.Bounds(); most >= 100 {
		t.Errorf("a clock may be %v %% slow, and stands still at 100", most)
	}
	if _, most := Lease.Bounds(); !math.IsInf(most, 1) {
		t.Errorf("there is a longest time: %v", most)
	}
}

func TestAnAmountTakesItsPlacesAndLeavesTheTreeAsItWas(t *testing.T) {
	const src = `
title: $n of them
steps:
  - do: {crash: {host: $n}}
  - do: {pause: {host: b, for: 1s}}
`
	_, root, err := strict.Parse("a.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	before := root.String()
	with := Of("$n", 2, Hosts, []sim.HostID{"a", "b", "c"}).In(root)
	steps := strict.ValueOf(with, "steps").(*ast.SequenceNode)
	host := strict.ValueOf(strict.ValueOf(strict.ValueOf(steps.Values[0], "do"), "crash"), "host")
	if list, ok := host.(*ast.SequenceNode); !ok || len(list.Values) != 2 || Marked(with, "$n") {
		t.Errorf("two hosts become %v", host)
	}
	none := Of("$n", 0, Hosts, []sim.HostID{"a"}).In(root)
	if left := strict.ValueOf(none, "steps").(*ast.SequenceNode); len(left.Values) != 1 {
		t.Errorf("of two steps, one of which does nothing, %d are left", len(left.Values))
	}
	if root.String() != before || !Marked(root, "$n") {
		t.Errorf("the tree has changed:\n%s", root)
	}
}
