package margin

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"slices"
	"strconv"
	"strings"
)

// formula is an expression in the syntax of Go over lengths of time in seconds and other numbers:
// "ttl - think + 1.5*retry". What is printed is what is computed.
type formula struct {
	text string
	root ast.Expr
}

// Names that stand for what is no number.
const (
	never  = "never"  // no size of the fault does the harm
	open   = "open"   // nobody has worked it out
	chance = "chance" // no size decides, as the fault itself takes chance; a condition by itself, not part of one
)

// functions of a formula, by name; each with its number of arguments, -1 for one or more.
var functions = map[string]struct {
	arguments int
	of        func([]float64) float64
}{
	"min":   {-1, slices.Min[[]float64]},
	"max":   {-1, slices.Max[[]float64]},
	"mod":   {2, func(x []float64) float64 { return math.Mod(x[0], x[1]) }},
	"whole": {2, wholeTimes},
	"below": {4, func(x []float64) float64 { // if the first is below the second the third, otherwise the fourth
		if x[0] < x[1] {
			return x[2]
		}
		return x[3]
	}},
	"resent": {2, func(x []float64) float64 { return x[0] + lastResent(x[1]-x[0]) }},
	"gap":    {1, func(x []float64) float64 { return longestGap(x[0]) }},
}

// firstResend is how soon TCP sends again what was not acknowledged. The wait doubles each time.
const firstResend = 0.2

// lastResent is how long after a packet is first sent it is sent for the last time within a span, if
// nothing comes through.
func lastResent(span float64) float64 {
	at := 0.0
	for wait := firstResend; at+wait <= span; wait *= 2 {
		at += wait
	}
	return at
}

// longestGap is the longest time in which a client sends nothing that waits so long for an answer, and
// then does something else.
func longestGap(span float64) float64 {
	last := lastResent(span)
	if last == 0 {
		return span
	}
	return max(span-last, (last+firstResend)/2) // doubled each time, the last wait is half of all, and of one more
}

// wholeTimes rounds a number up to a multiple of another one; 0 has no multiples.
func wholeTimes(x []float64) float64 {
	if x[1] == 0 {
		return x[0]
	}
	return x[1] * math.Ceil(x[0]/x[1]-1e-9)
}

func parseFormula(text string) (formula, error) {
	if text == never || text == chance {
		return formula{text: text}, nil
	}
	root, err := parser.ParseExpr(text)
	if err != nil {
		return formula{}, fmt.Errorf("%q is not a formula: expected one such as \"ttl - think + retry\", or %s or %s", text, never, chance)
	}
	return formula{text, root}, nil
}

// names lists the variables of a formula, each once.
func (f formula) names() (out []string) {
	if f.root == nil {
		return nil
	}
	ast.Inspect(f.root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			for _, a := range n.Args {
				for _, name := range (formula{root: a}).names() {
					if !slices.Contains(out, name) {
						out = append(out, name)
					}
				}
			}
			return false
		case *ast.Ident:
			if !slices.Contains(out, n.Name) {
				out = append(out, n.Name)
			}
		}
		return true
	})
	return out
}

// value computes the formula; never is +Inf. Chance has no value.
func (f formula) value(of map[string]float64) (float64, error) {
	if f.root == nil {
		return math.Inf(1), nil
	}
	x, err := valueOf(f.root, of)
	if err != nil {
		return 0, fmt.Errorf("%q: %w", f.text, err)
	}
	return x, nil
}

func valueOf(e ast.Expr, of map[string]float64) (float64, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.INT || e.Kind == token.FLOAT {
			return strconv.ParseFloat(e.Value, 64)
		}
	case *ast.Ident:
		if x, is := of[e.Name]; is {
			return x, nil
		}
		return 0, fmt.Errorf("there is no %s", e.Name)
	case *ast.ParenExpr:
		return valueOf(e.X, of)
	case *ast.UnaryExpr:
		x, err := valueOf(e.X, of)
		if e.Op == token.SUB {
			return -x, err
		}
	case *ast.BinaryExpr:
		x, err := valueOf(e.X, of)
		if err != nil {
			return 0, err
		}
		y, err := valueOf(e.Y, of)
		if err != nil {
			return 0, err
		}
		return combine(e.Op, x, y)
	case *ast.CallExpr:
		return call(e, of)
	}
	return 0, fmt.Errorf("it has something besides numbers, names, + - * /, %s", strings.Join(functionNames(), ", "))
}

func combine(op token.Token, x, y float64) (float64, error) {
	switch op {
	case token.ADD:
		return x + y, nil
	case token.SUB:
		return x - y, nil
	case token.MUL:
		return x * y, nil
	case token.QUO:
		return x / y, nil
	}
	return 0, fmt.Errorf("%s is none of + - * /", op)
}

func call(e *ast.CallExpr, of map[string]float64) (float64, error) {
	name, _ := e.Fun.(*ast.Ident)
	if name == nil {
		return 0, fmt.Errorf("it calls something that has no name")
	}
	f, is := functions[name.Name]
	if !is || len(e.Args) == 0 || f.arguments > 0 && len(e.Args) != f.arguments {
		return 0, fmt.Errorf("it calls %s with %d numbers, expected %s", name.Name, len(e.Args), strings.Join(functionNames(), ", "))
	}
	var x []float64
	for _, a := range e.Args {
		each, err := valueOf(a, of)
		if err != nil {
			return 0, err
		}
		x = append(x, each)
	}
	return f.of(x), nil
}

func functionNames() []string {
	return []string{"min", "max", "mod", "whole", "below", "resent", "gap"}
}
