package charts

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
)

// Matrix draws all scenarios against all lock services of one world, without a fence and behind
// one. Variants of lock services that few scenarios use are left to MatrixFamily. A world without
// results gives nil.
func Matrix(set *results.Set, world string) *canvas.Figure {
	return matrixOf(newGrid(set, world, elsewhere(set, world), false), compact)
}

// MatrixFamily draws the scenarios of one family, with every variant.
func MatrixFamily(set *results.Set, world string, family Family) *canvas.Figure {
	return matrixOf(newGrid(set, world, cellsOf(set, world, family), true), roomy)
}

// MatrixOf draws those of the named scenarios that have results.
func MatrixOf(set *results.Set, world string, names []string) *canvas.Figure {
	cells := slices.DeleteFunc(elsewhere(set, world), func(c outcome.Summary) bool { return !slices.Contains(names, c.Scenario) })
	return matrixOf(newGrid(set, world, cells, false), roomy)
}

// Story names the scenarios that tell the debate: what a pause does to every lock, and what clocks,
// crashes and partitions do to each in its own way.
func Story() []string {
	return []string{
		"no-fault", "gc-pause", "pause-during-acquire", "delayed-write",
		"server-crash", "server-crash-bare", "failover", "leader-crash",
		"clock-forward", "clock-forward-bare", "leader-clock-fast",
		"holder-partitioned", "split-brain", "leader-partitioned",
	}
}

// density is how much room the rows of a matrix have.
type density struct{ row, text, optionsLine vg.Length }

var (
	compact = density{row: 17, text: 10.5, optionsLine: 12}
	roomy   = density{row: 24, text: 12, optionsLine: 13}
)

const (
	narrowest   = 900  // a page; 1200 pixels
	widest      = 1200 // unless its columns need more
	gutterLeast = 172
	halfLeast   = 37 // width of one half of a square
	halfWanted  = 43
	halfMost    = 60
	halfGap     = 2
	squareGap   = 8
	familyHead  = 26
	headLine    = 14
)

// matrixSheet is the layout of a matrix.
type matrixSheet struct {
	page
	grid
	density
	gutter, column vg.Length
	heads          [][]string // lines of the columns' names
	options        [][]string // lines of the rows' options
	top, height    vg.Length
}

func matrixOf(g grid, d density) *canvas.Figure {
	if len(g.rows) == 0 {
		return nil
	}
	s := newMatrixSheet(g, d)
	return &canvas.Figure{Width: s.width, Height: s.height, Draw: s.draw}
}

func newMatrixSheet(g grid, d density) *matrixSheet {
	s := &matrixSheet{grid: g, density: d, gutter: gutterLeast}
	for _, r := range g.rows {
		s.gutter = max(s.gutter, canvas.Regular(d.text+1).Width(r.scenario)+14)
	}
	s.gutter = vg.Length(math.Ceil(s.gutter.Points()))
	columns := vg.Length(len(g.columns))
	with := func(half vg.Length) vg.Length { return 2*margin + s.gutter + columns*(2*half+halfGap+squareGap) }
	width := max(narrowest, min(with(halfWanted), max(widest, with(halfLeast))))
	s.column = min((width-2*margin-s.gutter)/columns, 2*halfMost+halfGap+squareGap)
	s.page = newPage(width, g.headline(), s.subtitle(), s.says(), s.legend())
	for _, name := range g.columns {
		s.heads = append(s.heads, breakName(name, s.column-squareGap))
	}
	y := s.head() + s.headsHeight()
	s.top = y
	for i, r := range g.rows {
		s.options = append(s.options, s.optionLines(r))
		y += s.rowHeight(i)
	}
	s.height = y + s.foot()
	return s
}

func (s *matrixSheet) headsHeight() vg.Length {
	lines := 0
	for _, name := range s.columns {
		lines = max(lines, len(breakName(name, s.column-squareGap)))
	}
	return vg.Length(lines)*headLine + headLine + 6
}

// optionLines are the options of a row as they appear in the gutter.
func (s *matrixSheet) optionLines(r gridRow) []string {
	if r.options == "" {
		return nil
	}
	return fitName(canvas.Regular(s.text-1), r.options, s.gutter-22)
}

// rowHeight is the height of a row including the heading above it.
func (s *matrixSheet) rowHeight(i int) vg.Length {
	return s.headAbove(i) + max(s.row, s.ownLines(i))
}

// ownLines is the height of the words in the gutter.
func (s *matrixSheet) ownLines(i int) vg.Length {
	h := vg.Length(len(s.options[i])) * s.optionsLine
	if s.named(i) {
		h += s.row
	}
	if len(s.options[i]) > 0 {
		h += 4
	}
	return h
}

func (s *matrixSheet) headAbove(i int) vg.Length {
	if i == 0 || s.rows[i].family != s.rows[i-1].family {
		return familyHead
	}
	return 0
}

// named reports whether a row shows its scenario's name: the scenario's first row does.
func (s *matrixSheet) named(i int) bool { return i == 0 || s.rows[i].scenario != s.rows[i-1].scenario }

func (s *matrixSheet) subtitle() string {
	share := "Per cent of trials"
	if slices.ContainsFunc(s.cells, func(c outcome.Summary) bool { return 0 < c.Trials && c.Trials < fewTrials }) {
		share = "Per cent of trials, or how many of few,"
	}
	return share + " in which money was lost or taken twice. Left half of a square: the account takes every write; right half: behind a fence."
}

// says returns the caption.
func (s *matrixSheet) says() string {
	parts := []string{sentence(about(s.cells)), "Money is lost by a lost update and taken twice by a duplicate effect."}
	if letters := s.letters(); len(letters) > 0 {
		parts = append(parts, fmt.Sprintf("The fence is fence-all, or where there is a letter %s.", words.And(letters)))
	}
	if slices.ContainsFunc(s.rows, func(r gridRow) bool { return r.others }) {
		parts = append(parts, "Clients are attentive; rows of others name their discipline.")
	}
	if s.left > 0 {
		parts = append(parts, fmt.Sprintf("Not shown: %s of variants of these lock services.", words.Many(s.left, "cell")))
	}
	return strings.Join(parts, " ")
}

// letters explains the letters that stand for fences.
func (s *matrixSheet) letters() []string {
	used := map[string]bool{}
	for _, r := range s.rows {
		for _, p := range r.squares {
			used[p.fenced.guard] = true
		}
	}
	var out []string
	for _, guard := range fences() {
		if letter := (square{guard: guard}).letter(); used[guard] && letter != "" {
			out = append(out, letter+": "+guard)
		}
	}
	return out
}
