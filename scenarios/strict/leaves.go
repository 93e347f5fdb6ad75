package strict

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/sim"
)

// Word is a piece of text.
type Word struct {
	Place
	Text string
}

// Read reads text that is not empty.
func (w *Word) Read(s *Source, name string, n ast.Node) error {
	w.Place = At(n)
	switch n := n.(type) {
	case *ast.StringNode:
		w.Text = n.Value
	case *ast.LiteralNode:
		if n.Value != nil {
			w.Text = n.Value.Value
		}
	default:
		return s.WrongType(name, n, "text")
	}
	if w.Text = strings.TrimSpace(w.Text); w.Text == "" {
		return s.Fail(w.Place, name+" is empty", "text", "")
	}
	return nil
}

// Words is a piece of text or a list of them.
type Words struct {
	Place
	List []Word
}

// Read reads one text or a list of different ones.
func (w *Words) Read(s *Source, name string, n ast.Node) error {
	w.Place = At(n)
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		var one Word
		if _, text := n.(*ast.StringNode); !text {
			return s.WrongType(name, n, "a name, or a list of names")
		}
		if err := one.Read(s, name, n); err != nil {
			return err
		}
		w.List = []Word{one}
		return nil
	}
	if len(list.Values) == 0 {
		return s.Fail(w.Place, name+" is an empty list", "at least one name", "leave "+name+" out to use all")
	}
	for _, item := range list.Values {
		var one Word
		if err := one.Read(s, "an item of "+name, item); err != nil {
			return err
		}
		for _, earlier := range w.List {
			if earlier.Text == one.Text {
				return s.Fail(one.Place, name+" names "+Quoted(one.Text)+" twice", "each name once", "")
			}
		}
		w.List = append(w.List, one)
	}
	return nil
}

// Number is a whole number.
type Number struct {
	Place
	N int
}

// Read reads a whole number.
func (i *Number) Read(s *Source, name string, n ast.Node) error {
	i.Place = At(n)
	if _, ok := n.(*ast.IntegerNode); !ok {
		return s.WrongType(name, n, "a whole number")
	}
	var err error
	if i.N, err = strconv.Atoi(n.GetToken().Value); err != nil {
		return s.Fail(i.Place, name+" is "+Quoted(n.GetToken().Value), "a whole number in decimal digits", "")
	}
	return nil
}

// YesNo is a boolean.
type YesNo struct {
	Place
	On bool
}

// Read reads true or false.
func (f *YesNo) Read(s *Source, name string, n ast.Node) error {
	f.Place = At(n)
	b, ok := n.(*ast.BoolNode)
	if !ok {
		return s.WrongType(name, n, "true or false")
	}
	f.On = b.Value
	return nil
}

// Span is a length of time.
type Span struct {
	Place
	sim.Span
}

// Read reads a length of time.
func (d *Span) Read(s *Source, name string, n ast.Node) error {
	d.Place = At(n)
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
	default:
		return s.WrongType(name, n, SpanShape())
	}
	text := n.GetToken().Value
	parsed, err := sim.ParseSum(text)
	if err != nil {
		hint := ""
		if _, notText := n.(*ast.StringNode); !notText {
			hint = "add a unit: " + text + "s or " + text + "ttl"
		}
		return s.Fail(d.Place, name+" is "+Quoted(text)+", which is not a length of time", SpanShape(), hint)
	}
	d.Span = parsed
	return nil
}

// SpanShape describes how to write a length of time, for the "expected" part of an error.
func SpanShape() string { return strings.TrimPrefix(sim.ErrSpan.Error(), "expected ") }

// Options is a mapping of lock options to their values.
type Options struct {
	Place
	List []Option
}

// Option is one of Options.
type Option struct{ Name, Value Word }

// Read reads the options, by name.
func (o *Options) Read(s *Source, name string, n ast.Node) error {
	entries, ok, err := s.Entries(n)
	if err != nil {
		return err
	}
	if !ok {
		return s.WrongType(name, n, "a mapping of option names to values, such as {timeout: 4ttl}")
	}
	o.Place = At(n)
	for _, e := range entries {
		switch e.Value.(type) {
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		default:
			return s.WrongType(e.Key.Text, e.Value, "a value such as 4ttl, on or off")
		}
		value := Word{Place: At(e.Value), Text: e.Value.GetToken().Value}
		o.List = append(o.List, Option{Name: e.Key, Value: value})
	}
	return nil
}

// NamePattern is the regular expression that names match.
const NamePattern = `^[a-z0-9-]+$`

var namePattern = regexp.MustCompile(NamePattern)

// IsName reports whether text is a valid name for a scenario, a sweep or a lock service. Such a name
// is also safe as a file name.
func IsName(text string) bool { return namePattern.MatchString(text) }

// PlainText returns the text of a number, or of a text on one line; false means that the node is
// neither.
func PlainText(n ast.Node) (string, bool) {
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// Decimal parses a number that is not negative, such as 12 or 0.5.
func Decimal(text string) (*big.Rat, bool) {
	if len(text) > 40 || strings.Trim(text, "0123456789.") != "" { // big.Rat also reads "1/3" and "1e9"
		return nil, false
	}
	return new(big.Rat).SetString(text)
}
