package scenarios

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// reader is a type that reads itself from a node. Every leaf of the format is one. name says in
// error messages what is being read.
type reader interface {
	Read(s *source, name string, n ast.Node) error
}

// tabled is a field of the format that stands for several keys, which a table lists.
type tabled interface {
	Keys() []key                   // none of them is required
	Add(name string) reflect.Value // returns what the value of one of them is read into
}

// documented is a struct of the format that completes what its keys' doc tags say.
type documented interface{ Doc(tag string) string }

// placed is a struct of the format that remembers where it stood.
type placed interface{ Put(place) }

// decode reads a node into v, which is a reader, a struct of the format, or a list of these. It is
// strict: an unknown key, a repeated key, a missing required key and a value of the wrong type are
// errors.
func (s *source) decode(name string, n ast.Node, v reflect.Value) error {
	if r, ok := v.Addr().Interface().(reader); ok {
		return r.Read(s, name, n)
	}
	if v.Kind() == reflect.Slice {
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			return s.wrongType(name, n, "a list")
		}
		if len(list.Values) == 0 {
			return s.fail(at(n), name+" is an empty list", "at least one item", "")
		}
		for _, item := range list.Values {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			if err := s.decode("an item of "+name, item, v.Index(v.Len()-1)); err != nil {
				return err
			}
		}
		return nil
	}
	return s.decodeFields(name, n, v.Addr().Interface().(placed))
}

// decodeFields reads a mapping into a struct of the format.
func (s *source) decodeFields(name string, n ast.Node, into placed) error {
	v := reflect.ValueOf(into).Elem()
	keys := keysOf(v.Type())
	entries, ok, err := s.entries(n)
	if err != nil {
		return err
	}
	if !ok {
		return s.wrongType(name, n, "a mapping with "+listed(namesOf(keys)))
	}
	into.Put(at(n))
	if item, ok := into.(interface{ Noun() string }); ok {
		name = item.Noun()
	}
	seen := make([]bool, v.NumField())
	for _, e := range entries {
		if old, ok := into.(interface{ Retired(string) string }); ok && old.Retired(e.key.text) != "" {
			return s.fail(e.key.place, fmt.Sprintf("%s has the key %s, which is no longer supported", name, quoted(e.key.text)), listed(namesOf(keys)), old.Retired(e.key.text))
		}
		k, err := s.findKey(name, e.key, keys)
		if err != nil {
			return err
		}
		seen[k.field] = true
		field := v.Field(k.field)
		if table, ok := field.Addr().Interface().(tabled); ok {
			field = table.Add(k.name)
		}
		if err := s.decode(k.name, e.value, field); err != nil {
			return err
		}
	}
	for _, k := range keys {
		if k.required && !seen[k.field] {
			return s.fail(at(n), fmt.Sprintf("%s has no key %s", name, k.name), "a key "+k.name+": "+k.doc, "")
		}
	}
	return nil
}

func (s *source) findKey(name string, found word, keys []key) (key, error) {
	for _, k := range keys {
		if k.name == found.text {
			return k, nil
		}
	}
	names := namesOf(keys)
	return key{}, s.fail(found.place, fmt.Sprintf("%s has an unknown key %s", name, quoted(found.text)),
		listed(names), didYouMean(found.text, names))
}

// key is one key of a mapping, as described by its Go field or a table.
type key struct {
	name, doc string
	required  bool
	field     int
}

func keysOf(t reflect.Type) []key {
	var keys []key
	doc := func(text string) string { return text }
	if d, ok := reflect.New(t).Interface().(documented); ok {
		doc = d.Doc
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if table, ok := reflect.New(f.Type).Interface().(tabled); ok {
			for _, k := range table.Keys() {
				k.field = i
				keys = append(keys, k)
			}
			continue
		}
		name, flags, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name != "-" {
			keys = append(keys, key{name: name, doc: doc(f.Tag.Get("doc")), required: flags != "omitempty", field: i})
		}
	}
	return keys
}

func namesOf(keys []key) []string {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	return names
}

// entry is one key of a mapping with its value.
type entry struct {
	key   word
	value ast.Node
}

// entries lists the entries of a mapping; false means that the node is no mapping.
func (s *source) entries(n ast.Node) ([]entry, bool, error) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return nil, false, nil
	}
	var out []entry
	for _, v := range values {
		if _, ok := v.Key.(ast.ScalarNode); !ok || v.Key.GetToken() == nil || v.Key.IsMergeKey() {
			return nil, false, s.fail(at(v.Key), "this key is not a plain word", "a plain word as a key",
				"write each key out; a scenario file has no merge keys, anchors or aliases")
		}
		k := word{place: at(v.Key), text: v.Key.GetToken().Value}
		for _, earlier := range out {
			if earlier.key.text == k.text {
				return nil, false, s.fail(k.place, fmt.Sprintf("the key %s is repeated", quoted(k.text)),
					"each key once", fmt.Sprintf("the first one is on line %d", earlier.key.line))
			}
		}
		out = append(out, entry{key: k, value: v.Value})
	}
	return out, true, nil
}

// wrongType returns an error that says what stands in place of what was expected.
func (s *source) wrongType(name string, n ast.Node, expected string) error {
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
		found, hint = "tagged "+quoted(n.GetToken().Value), "leave the tag out"
	case *ast.LiteralNode:
		found = "a block of text"
	case *ast.StringNode:
		found = "the text " + quoted(n.Value)
	case ast.ScalarNode:
		found = quoted(n.GetToken().Value)
	}
	return s.fail(at(n), name+" is "+found, expected, hint)
}
