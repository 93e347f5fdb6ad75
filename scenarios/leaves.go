package scenarios

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/sim"
)

// word is a piece of text.
type word struct {
	place
	text string
}

func (w *word) read(s *source, name string, n ast.Node) error {
	w.place = at(n)
	switch n := n.(type) {
	case *ast.StringNode:
		w.text = n.Value
	case *ast.LiteralNode:
		if n.Value != nil {
			w.text = n.Value.Value
		}
	default:
		return s.wrongType(name, n, "text")
	}
	if w.text = strings.TrimSpace(w.text); w.text == "" {
		return s.fail(w.place, name+" is empty", "text", "")
	}
	return nil
}

// words is a piece of text or a list of them.
type words struct {
	place
	list []word
}

func (w *words) read(s *source, name string, n ast.Node) error {
	w.place = at(n)
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		var one word
		if _, text := n.(*ast.StringNode); !text {
			return s.wrongType(name, n, "a name, or a list of names")
		}
		if err := one.read(s, name, n); err != nil {
			return err
		}
		w.list = []word{one}
		return nil
	}
	if len(list.Values) == 0 {
		return s.fail(w.place, name+" is an empty list", "at least one name", "leave "+name+" out to use all")
	}
	for _, item := range list.Values {
		var one word
		if err := one.read(s, "an item of "+name, item); err != nil {
			return err
		}
		for _, earlier := range w.list {
			if earlier.text == one.text {
				return s.fail(one.place, name+" names "+quoted(one.text)+" twice", "each name once", "")
			}
		}
		w.list = append(w.list, one)
	}
	return nil
}

// number is a whole number.
type number struct {
	place
	n int
}

func (i *number) read(s *source, name string, n ast.Node) error {
	i.place = at(n)
	if _, ok := n.(*ast.IntegerNode); !ok {
		return s.wrongType(name, n, "a whole number")
	}
	var err error
	if i.n, err = strconv.Atoi(n.GetToken().Value); err != nil {
		return s.fail(i.place, name+" is "+quoted(n.GetToken().Value), "a whole number in decimal digits", "")
	}
	return nil
}

// yesno is a boolean.
type yesno struct {
	place
	on bool
}

func (f *yesno) read(s *source, name string, n ast.Node) error {
	f.place = at(n)
	b, ok := n.(*ast.BoolNode)
	if !ok {
		return s.wrongType(name, n, "true or false")
	}
	f.on = b.Value
	return nil
}

// span is a length of time.
type span struct {
	place
	sim.Span
}

func (d *span) read(s *source, name string, n ast.Node) error {
	d.place = at(n)
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
	default:
		return s.wrongType(name, n, spanShape())
	}
	text := n.GetToken().Value
	parsed, err := sim.ParseSum(text)
	if err != nil {
		hint := ""
		if _, notText := n.(*ast.StringNode); !notText {
			hint = "add a unit: " + text + "s or " + text + "ttl"
		}
		return s.fail(d.place, name+" is "+quoted(text)+", which is not a length of time", spanShape(), hint)
	}
	d.Span = parsed
	return nil
}

// spanShape describes how to write a length of time, for the "expected" part of an error.
func spanShape() string { return strings.TrimPrefix(sim.ErrSpan.Error(), "expected ") }

// verdictWord is holds, violated or sometimes. The word has not been checked yet.
type verdictWord struct {
	word
	share *Share // with sometimes: the share of trials; nil if the file gives none
}

// options is a mapping of lock options to their values.
type options struct {
	place
	list []option
}

type option struct{ name, value word }

func (o *options) read(s *source, name string, n ast.Node) error {
	entries, ok, err := s.entries(n)
	if err != nil {
		return err
	}
	if !ok {
		return s.wrongType(name, n, "a mapping of option names to values, such as {timeout: 4ttl}")
	}
	o.place = at(n)
	for _, e := range entries {
		switch e.value.(type) {
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		default:
			return s.wrongType(e.key.text, e.value, "a value such as 4ttl, on or off")
		}
		value := word{place: at(e.value), text: e.value.GetToken().Value}
		o.list = append(o.list, option{name: e.key, value: value})
	}
	return nil
}
