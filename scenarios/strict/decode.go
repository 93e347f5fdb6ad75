package strict

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// reader is a type that reads itself from a node. Every leaf of the format is one. name says in
// error messages what is being read.
type reader interface {
	Read(s *Source, name string, n ast.Node) error
}

// Tabled is a field of the format that stands for several keys, which a table lists.
type Tabled interface {
	Keys() []Key                   // none of them is required
	Add(name string) reflect.Value // returns what the value of one of them is read into
}

// documented is a struct of the format that completes what its keys' doc tags say.
type documented interface{ Doc(tag string) string }

// placed is a struct of the format that remembers where it stood.
type placed interface{ Put(Place) }

// Decode reads a node into v, which is a reader, a struct of the format, or a list of these. It is
// strict: an unknown key, a repeated key, a missing required key and a value of the wrong type are
// errors.
func (s *Source) Decode(name string, n ast.Node, v reflect.Value) error {
	if r, ok := v.Addr().Interface().(reader); ok {
		return r.Read(s, name, n)
	}
	if v.Kind() == reflect.Slice {
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			return s.WrongType(name, n, "a list")
		}
		if len(list.Values) == 0 {
			return s.Fail(At(n), name+" is an empty list", "at least one item", "")
		}
		for _, item := range list.Values {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			if err := s.Decode("an item of "+name, item, v.Index(v.Len()-1)); err != nil {
				return err
			}
		}
		return nil
	}
	return s.DecodeFields(name, n, v.Addr().Interface().(placed))
}

// DecodeFields reads a mapping into a struct of the format.
func (s *Source) DecodeFields(name string, n ast.Node, into placed) error {
	v := reflect.ValueOf(into).Elem()
	keys := KeysOf(v.Type())
	entries, ok, err := s.Entries(n)
	if err != nil {
		return err
	}
	if !ok {
		return s.WrongType(name, n, "a mapping with "+Listed(NamesOf(keys)))
	}
	into.Put(At(n))
	if item, ok := into.(interface{ Noun() string }); ok {
		name = item.Noun()
	}
	seen := make([]bool, v.NumField())
	for _, e := range entries {
		if old, ok := into.(interface{ Retired(string) string }); ok && old.Retired(e.Key.Text) != "" {
			return s.Fail(e.Key.Place, fmt.Sprintf("%s has the key %s, which is no longer supported", name, Quoted(e.Key.Text)), Listed(NamesOf(keys)), old.Retired(e.Key.Text))
		}
		k, err := s.findKey(name, e.Key, keys)
		if err != nil {
			return err
		}
		seen[k.Field] = true
		field := v.Field(k.Field)
		if table, ok := field.Addr().Interface().(Tabled); ok {
			field = table.Add(k.Name)
		}
		if err := s.Decode(k.Name, e.Value, field); err != nil {
			return err
		}
	}
	for _, k := range keys {
		if k.Required && !seen[k.Field] {
			return s.Fail(At(n), fmt.Sprintf("%s has no key %s", name, k.Name), "a key "+k.Name+": "+k.Doc, "")
		}
	}
	return nil
}

func (s *Source) findKey(name string, found Word, keys []Key) (Key, error) {
	for _, k := range keys {
		if k.Name == found.Text {
			return k, nil
		}
	}
	names := NamesOf(keys)
	return Key{}, s.Fail(found.Place, fmt.Sprintf("%s has an unknown key %s", name, Quoted(found.Text)),
		Listed(names), DidYouMean(found.Text, names))
}

// Key is one key of a mapping, as described by its Go field or a table.
type Key struct {
	Name, Doc string
	Required  bool
	Field     int
}

// KeysOf lists the keys of a struct of the format.
func KeysOf(t reflect.Type) []Key {
	var keys []Key
	doc := func(text string) string { return text }
	if d, ok := reflect.New(t).Interface().(documented); ok {
		doc = d.Doc
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if table, ok := reflect.New(f.Type).Interface().(Tabled); ok {
			for _, k := range table.Keys() {
				k.Field = i
				keys = append(keys, k)
			}
			continue
		}
		name, flags, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name != "-" {
			keys = append(keys, Key{Name: name, Doc: doc(f.Tag.Get("doc")), Required: flags != "omitempty", Field: i})
		}
	}
	return keys
}

// NamesOf lists the names of keys.
func NamesOf(keys []Key) []string {
	var names []string
	for _, k := range keys {
		names = append(names, k.Name)
	}
	return names
}

// Entry is one key of a mapping with its value.
type Entry struct {
	Key   Word
	Value ast.Node
}

// Entries lists the entries of a mapping; false means that the node is no mapping.
func (s *Source) Entries(n ast.Node) ([]Entry, bool, error) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return nil, false, nil
	}
	var out []Entry
	for _, v := range values {
		if _, ok := v.Key.(ast.ScalarNode); !ok || v.Key.GetToken() == nil || v.Key.IsMergeKey() {
			return nil, false, s.Fail(At(v.Key), "this key is not a plain word", "a plain word as a key",
				"write each key out; a scenario file has no merge keys, anchors or aliases")
		}
		k := Word{Place: At(v.Key), Text: v.Key.GetToken().Value}
		for _, earlier := range out {
			if earlier.Key.Text == k.Text {
				return nil, false, s.Fail(k.Place, fmt.Sprintf("the key %s is repeated", Quoted(k.Text)),
					"each key once", fmt.Sprintf("the first one is on line %d", earlier.Key.Line))
			}
		}
		out = append(out, Entry{Key: k, Value: v.Value})
	}
	return out, true, nil
}

// WrongType returns an error that says what stands in place of what was expected.
func (s *Source) WrongType(name string, n ast.Node, expected string) error {
	found, hint := "not allowed in a scenario", ""
	switch n := n.(type) {
	case nil, *ast.NullNode:
		found = "empty"
	case *ast.SequenceNode:
		found = "a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		found = "a mapping"
	case *ast.AliasNode, *ast.AnchorNode, *ast.MergeKeyNode:
		found, hint = "an anchor or alias", "write the value out; a scenario file has no anchors or aliases"
	case *ast.TagNode:
		found, hint = "tagged "+Quoted(n.GetToken().Value), "leave the tag out"
	case *ast.LiteralNode:
		found = "a block of text"
	case *ast.StringNode:
		found = "the text " + Quoted(n.Value)
	case ast.ScalarNode:
		found = Quoted(n.GetToken().Value)
	}
	return s.Fail(At(n), name+" is "+found, expected, hint)
}
