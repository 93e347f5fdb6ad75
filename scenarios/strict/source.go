// Package strict reads YAML strictly into Go structs: an unknown, repeated or missing key, a value of
// the wrong type and an invisible character are errors, and every error has a place in the file, says
// what is expected there and, where it can, what to do.
package strict

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

// Place is a position in the file; the zero value means nowhere.
type Place struct{ Line, column int } // from 1; columns count characters

// Given reports whether what belongs at this place was in the file at all.
func (p Place) Given() bool { return p.Line > 0 }

// Put stores where something stood.
func (p *Place) Put(at Place) { *p = at }

// Source is the file being loaded; errors quote it.
type Source struct {
	file  string
	lines []string
}

// Fail returns the error for a place. hint may be empty.
func (s *Source) Fail(at Place, found, expected, hint string) error {
	at.Line = min(max(at.Line, 1), len(s.lines))
	text := strings.TrimRight(s.lines[at.Line-1], "\r")
	at.column = min(max(at.column, 1), utf8.RuneCountInString(text)+1)
	return &Error{
		File: s.file, Line: at.Line, Column: at.column,
		Found: found, Text: text, Expected: expected, Todo: hint,
	}
}

// Parse reads YAML into its syntax tree and makes sure that there is exactly one document.
func Parse(file string, src []byte) (s *Source, root ast.Node, err error) {
	text := strings.TrimPrefix(string(src), "\ufeff") // a byte order mark means nothing in UTF-8
	s = &Source{file: file, lines: strings.Split(text, "\n")}
	if err := s.plain(text); err != nil {
		return nil, nil, err
	}
	defer func() {
		// The parser is third-party code, and the file may hold anything.
		if p := recover(); p != nil {
			err = s.Fail(Place{1, 1}, fmt.Sprintf("the YAML parser failed on this file (%v)", p), "a YAML document", "")
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
			return nil, nil, s.Fail(At(doc.Body), "a second YAML document starts here", "one scenario per file",
				"move it to its own file")
		}
		root = doc.Body
	}
	if root == nil {
		return nil, nil, s.Fail(Place{1, 1}, "the file is empty", "a scenario",
			"begin with a line such as scenario: my-scenario")
	}
	return s, root, s.escapes(root)
}

// escapes refuses characters that must not appear in text even when written as an escape such as
// "\e": titles and reasons are shown on terminals.
func (s *Source) escapes(root ast.Node) (err error) {
	ast.Walk(visitor(func(n ast.Node) {
		text, ok := n.(*ast.StringNode)
		if !ok || err != nil {
			return
		}
		if i, r := plaintext.Find(text.Value); i >= 0 {
			err = s.refuseUnseen(At(n), r)
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

func (s *Source) refuseUnseen(at Place, r rune) error {
	return s.Fail(at, plaintext.Name(r)+" appears here", "visible characters, spaces, tabs and line ends",
		"remove it: it could change what people see")
}

// plain refuses what is certainly not a scenario before the parser sees it.
func (s *Source) plain(text string) error {
	if len(text) > MaxFile {
		return s.Fail(Place{1, 1}, fmt.Sprintf("the file has %d bytes", len(text)),
			fmt.Sprintf("a scenario of at most %d bytes", MaxFile), "")
	}
	for i, line := range s.lines {
		if !utf8.ValidString(line) {
			return s.Fail(Place{i + 1, 1}, "this line is not UTF-8", "text in UTF-8", "save the file in UTF-8")
		}
		runes := []rune(line)
		for j, r := range runes {
			ended := r == '\r' && j == len(runes)-1
			if plaintext.Unseen(r) && !ended {
				return s.refuseUnseen(Place{i + 1, j + 1}, r)
			}
		}
	}
	return nil
}

func (s *Source) syntax(err error) error {
	var found yaml.Error
	if !errors.As(err, &found) {
		return s.Fail(Place{1, 1}, err.Error(), "a YAML document", "")
	}
	p := Place{1, 1}
	if t := found.GetToken(); t != nil && t.Position != nil {
		p = Place{t.Position.Line, t.Position.Column}
	}
	return s.Fail(p, "this is not YAML: "+strings.ReplaceAll(found.GetMessage(), "\t", `\t`), "a YAML document", "look for a missing space after a colon, a bracket or quote left open, or a tab")
}

// At returns where a node begins. A block mapping begins at its first key.
func At(n ast.Node) Place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return At(m.Values[0])
	}
	if v, ok := n.(*ast.MappingValueNode); ok && v.Key != nil {
		return At(v.Key)
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return Place{1, 1}
	}
	p := n.GetToken().Position
	return Place{p.Line, p.Column}
}
