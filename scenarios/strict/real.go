package strict

import (
	"math/big"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Real is a decimal number, which may be negative.
type Real struct {
	Place
	Value float64
}

// Read reads a decimal number.
func (r *Real) Read(s *Source, name string, n ast.Node) error {
	r.Place = At(n)
	text, ok := PlainText(n)
	if !ok {
		return s.WrongType(name, n, "a number")
	}
	bare := strings.TrimPrefix(text, "-")
	rat, ok := Decimal(bare)
	if !ok {
		return s.Fail(r.Place, name+" is "+Quoted(text), "a number such as 0.5", "")
	}
	r.Value, _ = rat.Float64()
	if !new(big.Rat).Mul(rat, big.NewRat(1_000_000, 1)).IsInt() || r.Value > maxReal {
		return s.Fail(r.Place, name+" is "+Quoted(text), "a number up to a million, with at most six digits after the point", "")
	}
	if bare != text {
		r.Value = -r.Value
	}
	return nil
}

// maxReal bounds a number in a file: it is far beyond anything a lock is run with.
const maxReal = 1e6
