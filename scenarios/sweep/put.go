package sweep

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// placeholder marks the places in a sweep's script where the parameter goes.
const placeholder = "$x"

// puts replaces the placeholder in the syntax tree of a script rather than in its text, so that
// errors point to the right place in the file. The original tree does not change.
type puts struct {
	text  string   // what $x becomes within a text
	hosts []string // with UnitHosts: what $x becomes instead, as a list
	list  bool     // use hosts
	zero  bool     // the value is 0: faults that depend on it do not happen
}

// put returns the replacement for one value.
func (p Parameter) put(x float64) puts {
	number := strconv.FormatFloat(x, 'f', -1, 64)
	with := puts{text: number, zero: x == 0}
	switch p.Unit {
	case UnitHosts:
		with.list = true
		for _, h := range p.Of[:int(x)] {
			with.hosts = append(with.hosts, string(h))
		}
	case UnitPercent:
		with.text = strconv.FormatFloat(round(1+x/100), 'f', -1, 64)
	case UnitLease, UnitSeconds, UnitMilliseconds:
		with.text += string(p.Unit)
	default:
		panic(fmt.Sprintf("nothing says what a value in the unit %q becomes in a script", string(p.Unit)))
	}
	return with
}

// round removes the error that binary fractions add to a decimal number.
func round(x float64) float64 { return math.Round(x*1e9) / 1e9 }

// hasPlaceholder reports whether the placeholder appears in a tree.
func hasPlaceholder(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.StringNode:
		return strings.Contains(n.Value, placeholder)
	case *ast.MappingValueNode:
		return hasPlaceholder(n.Value)
	case *ast.MappingNode:
		for _, v := range n.Values {
			if hasPlaceholder(v) {
				return true
			}
		}
	case *ast.SequenceNode:
		for _, v := range n.Values {
			if hasPlaceholder(v) {
				return true
			}
		}
	}
	return false
}

// in returns a copy of the tree with the value in it.
func (p puts) in(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.StringNode:
		return p.inText(n)
	case *ast.MappingValueNode:
		c := *n
		c.Value = p.in(n.Value)
		return &c
	case *ast.MappingNode:
		c := *n
		c.Values = nil
		for _, v := range n.Values {
			if isKey(v, "steps") {
				if v = p.steps(v); v == nil {
					continue
				}
			}
			c.Values = append(c.Values, p.in(v).(*ast.MappingValueNode))
		}
		return &c
	case *ast.SequenceNode:
		c := *n
		c.Values = nil
		for _, v := range n.Values {
			c.Values = append(c.Values, p.in(v))
		}
		return &c
	}
	return n
}

func (p puts) inText(n *ast.StringNode) ast.Node {
	if !strings.Contains(n.Value, placeholder) {
		return n
	}
	word := func(text string) *ast.StringNode {
		token := *n.Token
		token.Value = text
		return ast.String(&token)
	}
	if !p.list || n.Value != placeholder {
		return word(strings.ReplaceAll(n.Value, placeholder, p.text))
	}
	list := ast.Sequence(n.Token, true)
	for _, h := range p.hosts {
		list.Values = append(list.Values, word(h))
	}
	return list
}

// steps leaves out the steps whose fault is nothing at this value: a pause of length 0, or the
// clocks of no servers. It returns nil if no step is left.
func (p puts) steps(steps *ast.MappingValueNode) *ast.MappingValueNode {
	list, ok := steps.Value.(*ast.SequenceNode)
	if !ok || !p.zero || len(list.Values) == 0 {
		return steps
	}
	left := *list
	left.Values = nil
	for _, step := range list.Values {
		if !hasPlaceholder(valueOf(step, "do")) {
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

// valueOf returns the value of a key, or nil if there is no such key.
func valueOf(n ast.Node, key string) ast.Node {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	}
	for _, v := range values {
		if isKey(v, key) {
			return v.Value
		}
	}
	return nil
}

// isKey reports whether v is the entry with that key.
func isKey(v *ast.MappingValueNode, key string) bool {
	t := v.Key.GetToken()
	return t != nil && t.Value == key
}
