package charts

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// written is a piece of text in a picture, and what it covers.
type written struct {
	rect
	text string
}

// textsOf returns all text of an SVG with its position.
func textsOf(t *testing.T, svg string) (texts []written) {
	t.Helper()
	for dec := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := dec.Token()
		if err == io.EOF {
			return texts
		}
		if err != nil {
			t.Fatalf("the SVG is not well-formed: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "text" {
			continue
		}
		var text string
		if err := dec.DecodeElement(&text, &start); err != nil {
			t.Fatal(err)
		}
		is := map[string]string{}
		for _, a := range start.Attr {
			is[a.Name.Local] = a.Value
		}
		number := func(name string) vg.Length {
			n, err := strconv.ParseFloat(is[name], 64)
			if err != nil {
				t.Fatalf("%q has no %s: %v", text, name, err)
			}
			return vg.Length(n)
		}
		x, y, size := number("x"), number("y"), number("font-size")
		face := canvas.Regular(size)
		if is["font-weight"] == "bold" {
			face = canvas.Bold(size)
		}
		// what letters cover: from the top of capitals to the baseline
		texts = append(texts, written{rect{x, y - 0.72*size, x + face.Width(text), y}, text})
	}
}

// mustBeReadable fails if a text leaves the page or touches another one.
func mustBeReadable(t *testing.T, f *canvas.Figure) []written {
	t.Helper()
	texts := textsOf(t, string(picturetest.SVG(t, f)))
	ground := rect{0, 0, f.Width, f.Height}
	for i, a := range texts {
		if strings.TrimSpace(a.text) == "" {
			t.Error("an empty text is drawn")
		}
		if !ground.holds(a.rect) {
			t.Errorf("%q leaves the page: %v", a.text, a.rect)
		}
		for _, b := range texts[:i] {
			if a.meets(b.rect) {
				t.Errorf("%q and %q touch: %v and %v", a.text, b.text, a.rect, b.rect)
			}
		}
	}
	return texts
}

// crowd is a world with many lock services, long names and few trials, in which every square is as
// full as can be.
func crowd() *results.Set {
	var cells []outcome.Summary
	var cards []outcome.Card
	backends := []string{"none", "perfect", "redis", "redis+renew", "redlock", "redlock-reference", "redlock-redsync", "sentinel", minReplicas,
		"etcd", "zookeeper", "lib/redislock", "lib/redsync", "lib/etcd-mutex", "lib/zk-lock"}
	worst := func(c *outcome.Summary) {
		c.Trials = 9
		harm(8)(c)
		violated(check.Overlap, 8)(c)
		violated(check.OverlapValid, 8)(c)
		surprising(c)
	}
	for i, name := range []string{"partition-sides", "uncontended", "stalled-leader-of-a-cluster-with-a-very-long-name", "gc-pause"} {
		cards = append(cards, card(name, [][]sim.FaultKind{{sim.Partition}, nil, {sim.Pause, sim.Crash}, {sim.Pause}}[i]...))
		for n, backend := range backends {
			cells = append(cells,
				cell(name, backend, "none", worst, measured(check.ServedMajority, 1, 1, 1), measured(check.ServedMinority, 0.3, 1, 1),
					measured(check.Wait, 0, 0.0005, 0.0006+0.00001*float64(n)), measured(check.Messages, 2, 2, 2)),
				cell(name, backend, "mint", worst))
		}
	}
	for i := range 15 {
		name := fmt.Sprintf("battery-%d", i)
		one := inTheBattery(name, sim.Pause)
		one.Title = "What happens in a scenario that has a title as long as a title can be"
		cards = append(cards, one)
		for _, backend := range backends {
			cells = append(cells, cell(name, backend, "none", worst, unserved(8, "client-1", "client-2")), cell(name, backend, "cas", worst))
		}
	}
	cells = append(cells, cell("gc-pause", "etcd+an-option-of-its-own=with-a-long-value+another=1ttl", "cas", worst))
	return set(cells, cards...)
}

func TestNoTextOfAChartLeavesThePageOrTouchesAnother(t *testing.T) {
	for name, results := range map[string]*results.Set{"world": world(), "crowd": crowd()} {
		for _, c := range All(results) {
			t.Run(name+"/"+c.Name, func(t *testing.T) {
				mustBeReadable(t, c.Figure)
				picturetest.Keep(t, name+"-"+c.Name, c.Figure)
			})
		}
	}
}

// goldens are the charts that are compared with a file.
func goldens() []Named {
	var kept []Named
	for _, c := range All(world()) {
		switch c.Name {
		case "battery.virtual", "matrix.virtual", "cap.virtual", "price.virtual":
			kept = append(kept, c)
		}
	}
	return append(kept, Named{Name: "matrix-story", Figure: MatrixOf(world(), sim.VirtualWorld, []string{"gc-pause", "failover"})},
		Named{Name: "matrix-pause", Figure: MatrixFamily(world(), sim.VirtualWorld, Pauses)})
}

func TestChartsAreTheSameEverywhere(t *testing.T) {
	if n := len(goldens()); n != 6 {
		t.Fatalf("%d charts, want 6", n)
	}
	for _, c := range goldens() {
		t.Run(c.Name, func(t *testing.T) {
			picturetest.Compare(t, c.Name, c.Figure)
		})
	}
}

func TestEveryLockIsNamedAtItsPoint(t *testing.T) {
	for name, results := range map[string]*results.Set{"world": world(), "crowd": crowd()} {
		s := newPriceSheet(newPrices(results, sim.VirtualWorld))
		for i, p := range s.panels {
			for j, l := range p.labels {
				if !l.found {
					t.Errorf("%s, panel %d: there is no room for %q", name, i, p.named[j].lines)
				}
				for _, other := range p.spots {
					if l.meets(rect{other.x - 5, other.y - 5, other.x + 5, other.y + 5}) {
						t.Errorf("%s, panel %d: %q covers the point of %q", name, i, p.named[j].lines, other.lines)
					}
				}
			}
		}
	}
}

// TestLabelsKeepClearOfEachOther puts points anywhere.
func TestLabelsKeepClearOfEachOther(t *testing.T) {
	f := canvas.Bold(smallSize)
	ground := rect{0, 0, 430, 380}
	rapid.Check(t, func(t *rapid.T) {
		var spots []spot
		var taken []rect
		for range rapid.IntRange(1, 15).Draw(t, "points") {
			s := spot{vg.Length(rapid.IntRange(10, 420).Draw(t, "x")), vg.Length(rapid.IntRange(10, 370).Draw(t, "y")), []string{"redlock-reference"}}
			spots = append(spots, s)
			taken = append(taken, rect{s.x - 6, s.y - 6, s.x + 6, s.y + 6})
		}
		labels := placeLabels(f, together(spots), taken, ground)
		for i, a := range labels {
			if !a.found || !ground.holds(a.rect) || slices.ContainsFunc(taken, a.meets) {
				t.Fatalf("label %d has no place of its own: %+v", i, a)
			}
			for _, b := range labels[:i] {
				if a.meets(b.rect) {
					t.Fatalf("two labels touch: %v and %v", a.rect, b.rect)
				}
			}
		}
	})
}

// texts returns the text in a picture.
func texts(t *testing.T, f *canvas.Figure) string {
	t.Helper()
	var all []string
	for _, w := range textsOf(t, string(picturetest.SVG(t, f))) {
		all = append(all, w.text)
	}
	return strings.Join(all, "\n")
}
