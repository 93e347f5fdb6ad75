// Package strict reads YAML strictly into Go structs: an unknown, repeated or missing key, a value of
// the wrong type and an invisible character are errors, and every error has a place in the file, says
// what is expected there and, where it can, what to do.
package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"

	"github.com/locklab/locklab/sim/plaintext"
)

// MaxFile bounds a scenario file, in bytes. The longest sensible script has a few thousand; a
// larger file was given by mistake.
const MaxFile = 64 << 10

// place is a position in the file; the zero value means nowhere.
type place struct{ line, column int } // from 1; columns count characters

// given reports whether what belongs at this place was in the file at all.
func (p place) given() bool { return p.line > 0 }

func (p *place) Put(at place) { *p = at }

// source is the file being loaded; errors quote it.
type source struct {
	file  string
	lines []string
}

// fail returns the error for a place. hint may be empty.
func (s *source) fail(at place, found, expected, hint string) error {
	at.line = min(max(at.line, 1), len(s.lines))
	text := strings.TrimRight(s.lines[at.line-1], "\r")
	at.column = min(max(at.column, 1), utf8.RuneCountInString(text)+1)
	return &LoadError{
		File: s.file, Line: at.line, Column: at.column,
		Found: found, Text: text, Expected: expected, Todo: hint,
	}
}

// parse reads YAML into its syntax tree and makes sure that there is exactly one document.
func parse(file string, src []byte) (s *source, root ast.Node, err error) {
	text := strings.TrimPrefix(string(src), "\ufeff") // a byte order mark means nothing in UTF-8
	s = &source{file: file, lines: strings.Split(text, "\n")}
	if err := s.plain(text); err != nil {
		return nil, nil, err
	}
	defer func() {
		// The parser is third-party code, and the file may hold anything.
		if p := recover(); p != nil {
			err = s.fail(place{1, 1}, fmt.Sprintf("the YAML parser failed on this file (%v)", p), "a YAML document", "")
		}
	}()
	tokens := lexer.Tokenize(text)
	if err := s.bounded(tokens); err != nil {
		return nil, nil, err
	}
	tree, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // we report duplicates ourselves
	if err != nil {
		return nil, nil, s.syntax(err)
	}
	for _, doc := range tree.Docs {
		if doc.Body == nil {
			continue
		}
		if root != nil {
			return nil, nil, s.fail(at(doc.Body), "a second YAML document starts here", "one scenario per file",
				"move it to its own file")
		}
		root = doc.Body
	}
	if root == nil {
		return nil, nil, s.fail(place{1, 1}, "the file is empty", "a scenario",
			"begin with a line such as scenario: my-scenario")
	}
	return s, root, s.escapes(root)
}

// escapes refuses characters that must not appear in text even when written as an escape such as
// "\e": titles and reasons are shown on terminals.
func (s *source) escapes(root ast.Node) (err error) {
	ast.Walk(visitor(func(n ast.Node) {
		text, ok := n.(*ast.StringNode)
		if !ok || err != nil {
			return
		}
		if i, r := plaintext.Find(text.Value); i >= 0 {
			err = s.refuseUnseen(at(n), r)
		}
	}), root)
	return err
}

// visitor is called with every node of a tree.
type visitor func(ast.Node)

// Visit calls v with the node; ast.Walk calls it.
func (v visitor) Visit(n ast.Node) ast.Visitor {
	v(n)
	return v
}

func (s *source) refuseUnseen(at place, r rune) error {
	return s.fail(at, plaintext.Name(r)+" appears here", "visible characters, spaces, tabs and line ends",
		"remove it: it could change what people see")
}

// plain refuses what is certainly not a scenario before the parser sees it.
func (s *source) plain(text string) error {
	if len(text) > MaxFile {
		return s.fail(place{1, 1}, fmt.Sprintf("the file has %d bytes", len(text)),
			fmt.Sprintf("a scenario of at most %d bytes", MaxFile), "")
	}
	for i, line := range s.lines {
		if !utf8.ValidString(line) {
			return s.fail(place{i + 1, 1}, "this line is not UTF-8", "text in UTF-8", "save the file in UTF-8")
		}
		runes := []rune(line)
		for j, r := range runes {
			ended := r == '\r' && j == len(runes)-1
			if plaintext.Unseen(r) && !ended {
				return s.refuseUnseen(place{i + 1, j + 1}, r)
			}
		}
	}
	return nil
}

func (s *source) syntax(err error) error {
	var found yaml.Error
	if !errors.As(err, &found) {
		return s.fail(place{1, 1}, err.Error(), "a YAML document", "")
	}
	p := place{1, 1}
	if t := found.GetToken(); t != nil && t.Position != nil {
		p = place{t.Position.Line, t.Position.Column}
	}
	return s.fail(p, "this is not YAML: "+strings.ReplaceAll(found.GetMessage(), "\t", `\t`), "a YAML document", "look for a missing space after a colon, a bracket or quote left open, or a tab")
}

// at returns where a node begins. A block mapping begins at its first key.
func at(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return at(m.Values[0])
	}
	if v, ok := n.(*ast.MappingValueNode); ok && v.Key != nil {
		return at(v.Key)
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return place{1, 1}
	}
	p := n.GetToken().Position
	return place{p.Line, p.Column}
}
