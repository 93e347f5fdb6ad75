package scenarios

import (
	"math/big"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/sim"
)

// hostWords is a host or a role, or a list of them, not yet checked.
type hostWords struct{ words }

func (h *hostWords) read(s *source, name string, n ast.Node) error {
	if list, ok := n.(*ast.SequenceNode); ok && len(list.Values) == 0 {
		return s.fail(at(n), name+" is an empty list", "at least one host", "")
	}
	return h.words.read(s, name, n)
}

// hostGroups is a list of groups of hosts.
type hostGroups struct {
	place
	list []hostWords
}

func (g *hostGroups) read(s *source, name string, n ast.Node) error {
	const shape = "a list of two or more groups, such as [[client-1, redis-1], [client-2]]"
	g.place = at(n)
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return s.wrongType(name, n, shape)
	}
	if len(list.Values) < 2 {
		return s.fail(g.place, name+" has too few groups", shape, "")
	}
	for _, item := range list.Values {
		var group hostWords
		if err := group.read(s, "a group", item); err != nil {
			return err
		}
		g.list = append(g.list, group)
	}
	return nil
}

// length is a length of time that is either given, or drawn anew each time.
type length struct {
	place
	most  span
	least span // given if the length is drawn evenly from least to most
}

// drawnFrom returns the least value of a length that is drawn; nil means that it is given.
func (d *length) drawnFrom() *sim.Span {
	if !d.least.given() {
		return nil
	}
	return &d.least.Span
}

func (d *length) read(s *source, name string, n ast.Node) error {
	d.place = at(n)
	entries, ok, err := s.entries(n)
	if err != nil {
		return err
	}
	if !ok {
		return d.most.read(s, name, n)
	}
	const shape = "a mapping with uniform and a list of two lengths of time, such as {uniform: [0, 1ttl]}"
	if len(entries) != 1 || entries[0].key.text != "uniform" {
		return s.wrongType(name, n, "a length of time, or "+shape)
	}
	list, ok := entries[0].value.(*ast.SequenceNode)
	if !ok {
		return s.wrongType("uniform", entries[0].value, "a list of two lengths of time")
	}
	if len(list.Values) != 2 {
		return s.fail(at(list), "uniform does not have two lengths of time", "the least and the most, such as [0, 1ttl]", "")
	}
	if err := d.least.read(s, "an item of uniform", list.Values[0]); err != nil {
		return err
	}
	return d.most.read(s, "an item of uniform", list.Values[1])
}

// offset is a length of time forward or back.
type offset struct {
	place
	sim.Offset
}

func (o *offset) read(s *source, name string, n ast.Node) error {
	o.place = at(n)
	text, ok := plain(n)
	if !ok {
		return s.wrongType(name, n, offsetShape())
	}
	var err error
	if o.Offset, err = sim.ParseOffset(text); err != nil {
		return s.fail(o.place, name+" is "+quoted(text)+", which is not a step of a clock", offsetShape(), "")
	}
	return nil
}

// offsetShape says what a step of a clock looks like.
func offsetShape() string { return strings.TrimPrefix(sim.ErrOffset.Error(), "expected ") }

// factor is a rate of a clock, in billionths.
type factor struct {
	place
	billionths int64
}

// maxRate is far beyond what any clock does.
const maxRate = 1000

func (f *factor) read(s *source, name string, n ast.Node) error {
	const shape = "a number above 0 and at most 1000, other than 1, such as 1.1"
	f.place = at(n)
	text, ok := plain(n)
	if !ok {
		return s.wrongType(name, n, shape)
	}
	rate, ok := decimal(text)
	if !ok || rate.Sign() == 0 || rate.Cmp(big.NewRat(maxRate, 1)) > 0 || rate.Cmp(big.NewRat(1, 1)) == 0 {
		return s.fail(f.place, name+" is "+quoted(text), shape, "")
	}
	rate.Mul(rate, big.NewRat(sim.TrueRate, 1))
	if !rate.IsInt() {
		return s.fail(f.place, name+" is "+quoted(text)+", which has too many digits", "at most nine digits after the point, "+shape, "")
	}
	f.billionths = rate.Num().Int64()
	return nil
}

// fraction is a probability.
type fraction struct {
	place
	value float64
}

func (f *fraction) read(s *source, name string, n ast.Node) error {
	const shape = "a number above 0 and at most 1, such as 0.3"
	f.place = at(n)
	text, ok := plain(n)
	if !ok {
		return s.wrongType(name, n, shape)
	}
	p, ok := decimal(text)
	if ok {
		f.value, _ = p.Float64()
	}
	if !ok || f.value <= 0 || f.value > 1 {
		return s.fail(f.place, name+" is "+quoted(text), shape, "")
	}
	return nil
}

// plain returns the text of a number, or of a text on one line; false means that the node is
// neither.
func plain(n ast.Node) (string, bool) {
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// decimal parses a number that is not negative, such as 12 or 0.5.
func decimal(text string) (*big.Rat, bool) {
	if len(text) > 40 || strings.Trim(text, "0123456789.") != "" { // big.Rat also reads "1/3" and "1e9"
		return nil, false
	}
	return new(big.Rat).SetString(text)
}
