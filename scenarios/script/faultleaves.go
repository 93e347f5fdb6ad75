package script

import (
	"math/big"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
)

// hostWords is a host or a role, or a list of them, not yet checked.
type hostWords struct{ strict.Words }

func (h *hostWords) Read(s *strict.Source, name string, n ast.Node) error {
	if list, ok := n.(*ast.SequenceNode); ok && len(list.Values) == 0 {
		return s.Fail(strict.At(n), name+" is an empty list", "at least one host", "")
	}
	return h.Words.Read(s, name, n)
}

// hostGroups is a list of groups of hosts.
type hostGroups struct {
	strict.Place
	list []hostWords
}

func (g *hostGroups) Read(s *strict.Source, name string, n ast.Node) error {
	const shape = "a list of two or more groups, such as [[client-1, redis-1], [client-2]]"
	g.Place = strict.At(n)
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return s.WrongType(name, n, shape)
	}
	if len(list.Values) < 2 {
		return s.Fail(g.Place, name+" has too few groups", shape, "")
	}
	for _, item := range list.Values {
		var group hostWords
		if err := group.Read(s, "a group", item); err != nil {
			return err
		}
		g.list = append(g.list, group)
	}
	return nil
}

// length is a length of time that is either given, or drawn anew each time.
type length struct {
	strict.Place
	most  strict.Span
	least strict.Span // given if the length is drawn evenly from least to most
}

// drawnFrom returns the least value of a length that is drawn; nil means that it is given.
func (d *length) drawnFrom() *sim.Span {
	if !d.least.Given() {
		return nil
	}
	return &d.least.Span
}

func (d *length) Read(s *strict.Source, name string, n ast.Node) error {
	d.Place = strict.At(n)
	entries, ok, err := s.Entries(n)
	if err != nil {
		return err
	}
	if !ok {
		return d.most.Read(s, name, n)
	}
	const shape = "a mapping with uniform and a list of two lengths of time, such as {uniform: [0, 1ttl]}"
	if len(entries) != 1 || entries[0].Key.Text != "uniform" {
		return s.WrongType(name, n, "a length of time, or "+shape)
	}
	list, ok := entries[0].Value.(*ast.SequenceNode)
	if !ok {
		return s.WrongType("uniform", entries[0].Value, "a list of two lengths of time")
	}
	if len(list.Values) != 2 {
		return s.Fail(strict.At(list), "uniform does not have two lengths of time", "the least and the most, such as [0, 1ttl]", "")
	}
	if err := d.least.Read(s, "an item of uniform", list.Values[0]); err != nil {
		return err
	}
	return d.most.Read(s, "an item of uniform", list.Values[1])
}

// offset is a length of time forward or back.
type offset struct {
	strict.Place
	sim.Offset
}

func (o *offset) Read(s *strict.Source, name string, n ast.Node) error {
	o.Place = strict.At(n)
	text, ok := strict.PlainText(n)
	if !ok {
		return s.WrongType(name, n, offsetShape())
	}
	var err error
	if o.Offset, err = sim.ParseOffset(text); err != nil {
		return s.Fail(o.Place, name+" is "+strict.Quoted(text)+", which is not a step of a clock", offsetShape(), "")
	}
	return nil
}

// offsetShape says what a step of a clock looks like.
func offsetShape() string { return strings.TrimPrefix(sim.ErrOffset.Error(), "expected ") }

// factor is a rate of a clock, in billionths.
type factor struct {
	strict.Place
	billionths int64
}

// maxRate is far beyond what any clock does.
const maxRate = 1000

func (f *factor) Read(s *strict.Source, name string, n ast.Node) error {
	const shape = "a number above 0 and at most 1000, other than 1, such as 1.1"
	f.Place = strict.At(n)
	text, ok := strict.PlainText(n)
	if !ok {
		return s.WrongType(name, n, shape)
	}
	rate, ok := strict.Decimal(text)
	if !ok || rate.Sign() == 0 || rate.Cmp(big.NewRat(maxRate, 1)) > 0 || rate.Cmp(big.NewRat(1, 1)) == 0 {
		return s.Fail(f.Place, name+" is "+strict.Quoted(text), shape, "")
	}
	rate.Mul(rate, big.NewRat(sim.TrueRate, 1))
	if !rate.IsInt() {
		return s.Fail(f.Place, name+" is "+strict.Quoted(text)+", which has too many digits", "at most nine digits after the point, "+shape, "")
	}
	f.billionths = rate.Num().Int64()
	return nil
}

// fraction is a probability.
type fraction struct {
	strict.Place
	value float64
}

func (f *fraction) Read(s *strict.Source, name string, n ast.Node) error {
	const shape = "a number above 0 and at most 1, such as 0.3"
	f.Place = strict.At(n)
	text, ok := strict.PlainText(n)
	if !ok {
		return s.WrongType(name, n, shape)
	}
	p, ok := strict.Decimal(text)
	if ok {
		f.value, _ = p.Float64()
	}
	if !ok || f.value <= 0 || f.value > 1 {
		return s.Fail(f.Place, name+" is "+strict.Quoted(text), shape, "")
	}
	return nil
}
