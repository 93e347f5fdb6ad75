// Package amount puts a number into a script: the parameter of a sweep, or the size of a fault. A
// placeholder marks where it goes.
package amount

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
)

// Unit is the unit of an amount.
type Unit string

// The units, and what they turn an amount into in a script.
const (
	Lease        Unit = "ttl"          // leases: 0.5 becomes 0.5ttl
	Seconds      Unit = "s"            // seconds: 5 becomes 5s
	Milliseconds Unit = "ms"           // milliseconds: 5 becomes 5ms
	Percent      Unit = "percent"      // how much too fast a clock runs: 5 becomes the rate 1.05
	PercentSlow  Unit = "percent-slow" // how much too slow a clock runs: 5 becomes the rate 0.95
	Probability  Unit = "probability"  // 0.3 stays 0.3
	Hosts        Unit = "hosts"        // a number of hosts: 2 becomes the first two of a list
)

// Units returns all units.
func Units() []Unit {
	return []Unit{Lease, Seconds, Milliseconds, Percent, PercentSlow, Probability, Hosts}
}

// UnitNames lists the units as files write them.
func UnitNames() (names []string) {
	for _, u := range Units() {
		names = append(names, string(u))
	}
	return names
}

// Known reports whether there is such a unit.
func (u Unit) Known() bool { return slices.Contains(Units(), u) }

// String returns the unit as axes show it.
func (u Unit) String() string {
	switch u {
	case Lease:
		return "leases"
	case Percent, PercentSlow:
		return "%"
	case Hosts, Probability:
		return "" // the name says what is counted
	case Seconds, Milliseconds: // written as they are
	}
	return string(u)
}

// Bounds returns the range of sizes that a fault can have in the unit, both ends included; the list of
// hosts bounds their number.
func (u Unit) Bounds() (least, most float64) {
	switch u {
	case Lease, Seconds, Milliseconds, Percent, Hosts:
		return 0, math.Inf(1)
	case PercentSlow:
		return 0, 99.9 // a clock that stands still has no rate
	case Probability:
		return 0, 1
	}
	panic(fmt.Sprintf("nothing says which amounts there are in the unit %q", string(u)))
}

// Value is an amount for the places of a script that a placeholder marks. It replaces the placeholder
// in the script's syntax tree rather than in its text, so that errors point to the right place in the
// file. The original tree does not change.
type Value struct {
	placeholder string
	text        string   // what the placeholder becomes within a text
	hosts       []string // with the unit Hosts: what it becomes instead, as a list
	list        bool     // use hosts
	zero        bool     // the amount is 0: faults that depend on it do not happen
}

// Of returns an amount for a placeholder. hosts are those that the unit Hosts counts.
func Of(placeholder string, x float64, unit Unit, hosts []sim.HostID) Value {
	decimal := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	v := Value{placeholder: placeholder, text: decimal(Round(x)), zero: x == 0}
	switch unit {
	case Hosts:
		v.list = true
		for _, h := range hosts[:int(x)] {
			v.hosts = append(v.hosts, string(h))
		}
	case Percent:
		v.text = decimal(Round(1 + x/100))
	case PercentSlow:
		v.text = decimal(Round(1 - x/100))
	case Probability: // written as it is
	case Lease, Seconds, Milliseconds:
		v.text += string(unit)
	default:
		panic(fmt.Sprintf("nothing says what an amount in the unit %q becomes in a script", string(unit)))
	}
	return v
}

// Text returns what the placeholder becomes within a text.
func (v Value) Text() string { return v.text }

// Round removes the error that binary fractions add to a decimal number.
func Round(x float64) float64 { return math.Round(x*1e9) / 1e9 }

// Marked reports whether the placeholder appears in a tree.
func Marked(n ast.Node, placeholder string) bool {
	in := func(n ast.Node) bool { return Marked(n, placeholder) }
	switch n := n.(type) {
	case *ast.StringNode:
		return strings.Contains(n.Value, placeholder)
	case *ast.MappingValueNode:
		return in(n.Value)
	case *ast.MappingNode:
		return slices.ContainsFunc(n.Values, func(v *ast.MappingValueNode) bool { return in(v) })
	case *ast.SequenceNode:
		return slices.ContainsFunc(n.Values, in)
	}
	return false
}

// In returns a copy of the tree with the amount in it.
func (v Value) In(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.StringNode:
		return v.inText(n)
	case *ast.MappingValueNode:
		c := *n
		c.Value = v.In(n.Value)
		return &c
	case *ast.MappingNode:
		c := *n
		c.Values = nil
		for _, entry := range n.Values {
			if strict.IsKey(entry, "steps") {
				if entry = v.steps(entry); entry == nil {
					continue
				}
			}
			c.Values = append(c.Values, v.In(entry).(*ast.MappingValueNode))
		}
		return &c
	case *ast.SequenceNode:
		c := *n
		c.Values = nil
		for _, item := range n.Values {
			c.Values = append(c.Values, v.In(item))
		}
		return &c
	}
	return n
}

func (v Value) inText(n *ast.StringNode) ast.Node {
	if !strings.Contains(n.Value, v.placeholder) {
		return n
	}
	word := func(text string) *ast.StringNode {
		token := *n.Token
		token.Value = text
		return ast.String(&token)
	}
	if !v.list || n.Value != v.placeholder {
		return word(strings.ReplaceAll(n.Value, v.placeholder, v.text))
	}
	list := ast.Sequence(n.Token, true)
	for _, h := range v.hosts {
		list.Values = append(list.Values, word(h))
	}
	return list
}

// steps leaves out the steps whose fault is nothing at this amount: a pause of length 0, or the
// clocks of no servers. It returns nil if no step is left.
func (v Value) steps(steps *ast.MappingValueNode) *ast.MappingValueNode {
	list, ok := steps.Value.(*ast.SequenceNode)
	if !ok || !v.zero || len(list.Values) == 0 {
		return steps
	}
	left := *list
	left.Values = nil
	for _, step := range list.Values {
		if !Marked(strict.ValueOf(step, "do"), v.placeholder) {
			left.Values = append(left.Values, step)
		}
	}
	if len(left.Values) == 0 {
		return nil
	}
	c := *steps
	c.Value = &left
	return &c
}
