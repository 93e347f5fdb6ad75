package page

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// elementsOf returns all elements of a page, in order.
func elementsOf(t *testing.T, page string) (all []*html.Node) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func TestTheSameResultsGiveTheSameBytes(t *testing.T) {
	c := content(t)
	first := written(t, c)
	c.Trials = trialsOf(t, c.Set.Kept)
	if written(t, c) != first {
		t.Error("two pages of one set of results differ")
	}
}

// The page of an unfinished run must not show the trials asked for as the trials it has.
func TestThePageSaysHowManyTrialsWereFinished(t *testing.T) {
	c := content(t)
	set := *c.Set
	c.Set = &set
	run := set.Runs[0]
	run.About.Trials += 5
	set.Runs = []results.Run{run}
	if page, want := written(t, c), fmt.Sprintf("<dt>Trials</dt><dd>%d of %d finished, virtual world", set.Trials, set.Trials+5); !strings.Contains(page, want) {
		t.Errorf("the page does not say %q", want)
	}
}

func TestEveryLinkInThePageLeadsSomewhere(t *testing.T) {
	for name, c := range map[string]Content{"real": content(t), "hostile": hostile(t)} {
		all := elementsOf(t, written(t, c))
		ids := map[string]int{}
		for _, n := range all {
			if id := attribute(n, "id"); id != "" {
				ids[id]++
			}
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: %d elements are called %q", name, n, id)
			}
		}
		links := 0
		for _, n := range all {
			if n.Data != "a" {
				continue
			}
			links++
			if to, local := strings.CutPrefix(attribute(n, "href"), "#"); !local || ids[to] == 0 {
				t.Errorf("%s: the link %q leads nowhere", name, attribute(n, "href"))
			}
		}
		if links < 10 {
			t.Errorf("%s: only %d links", name, links)
		}
	}
}

func TestEveryCellIsInTheMatrixAndHasWhatIsToBeReadWithoutScripts(t *testing.T) {
	c := content(t)
	page := written(t, c)
	inMatrix, articles := 0, map[string]string{}
	drawings := 0
	for _, n := range elementsOf(t, page) {
		switch {
		case n.Data == "a" && strings.HasPrefix(attribute(n, "class"), "chip"):
			for p := n.Parent; p != nil; p = p.Parent {
				if p.Data == "td" {
					inMatrix++
				}
			}
		case n.Data == "article":
			articles[attribute(n, "id")] = textOf(n)
		case n.Data == "figure" && attribute(n, "class") == "telling":
			drawings++
		}
	}
	if inMatrix != len(c.Set.Cells) || len(articles) != len(c.Set.Cells) || drawings != len(c.Set.Cards) {
		t.Errorf("%d cells in the matrix, %d described, %d timelines; want %d cells and one timeline for each of %d scenarios",
			inMatrix, len(articles), drawings, len(c.Set.Cells), len(c.Set.Cards))
	}
	for _, k := range c.Set.Kept {
		r := k.Result
		text := articles[addresses{}.of(r.Scenario, r.Backend, r.Guard, r.World)]
		if !strings.Contains(text, r.Replay("")) {
			t.Errorf("%s: its command %q is not in %q", k.ID, r.Replay(""), text)
		}
	}
	for _, s := range c.Set.Cells {
		text := articles[addresses{}.of(s.Scenario, s.Backend, s.Guard, s.World)]
		for _, tally := range s.Tallies {
			if !strings.Contains(text, tally.Because) {
				t.Errorf("%s %s: %s is expected because %q, which is not in the page", s.Scenario, s.Backend, tally.Property, tally.Because)
			}
		}
	}
}

func TestNothingInAResultIsMarkup(t *testing.T) {
	page := written(t, hostile(t))
	for _, n := range elementsOf(t, page) {
		switch n.Data {
		case "img", "iframe", "object", "link":
			t.Errorf("there is a <%s>", n.Data)
		case "script":
			if kind := attribute(n, "type"); kind == "" && textOf(n) != javascript {
				t.Errorf("there is another script: %.80q", textOf(n))
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	if !strings.Contains(page, "&lt;script&gt;window.harmed=1&lt;/script&gt;") {
		t.Error("the text itself is not in the page")
	}
}

func TestAPictureThatIsMoreThanADrawingIsRefused(t *testing.T) {
	for _, c := range []struct{ svg, says string }{
		{``, "empty"},
		{`<html/>`, "begins with <html>"},
		{`<svg><script>1</script></svg>`, "<script>"},
		{`<svg><image/></svg>`, "<image>"},
		{`<svg onload="1"/>`, "onload"},
		{`<svg><a href="x">y</a></svg>`, "<a>"},
		{`<svg style="x"/>`, "style"},
		{`<svg><path fill="url(http://x)"/></svg>`, "expected a colour"},
		{`<svg><style>body{display:none}</style></svg>`, "style sheet"},
		{`<svg><style>@media(prefers-color-scheme:dark){[fill="#fff"]{fill:url(http://x)}}</style></svg>`, "style sheet"},
		{`<svg><style>@media(prefers-color-scheme:dark){[fill="#fff"]{fill:#000}}body{display:none}</style></svg>`, "style sheet"},
		{`<svg><style>@media(prefers-color-scheme:dark){<b/>}</style></svg>`, "style sheet"},
		{`<svg><!-- x --></svg>`, "something other"},
		{`<!DOCTYPE svg><svg/>`, "something other"},
		{`<svg>`, "not valid"},
	} {
		if _, err := drawing([]byte(c.svg)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want an error that says %q", c.svg, err, c.says)
		}
	}
	if _, err := drawing([]byte(`<svg viewBox="0 0 1 1"><text x="1" fill="#fff">a &lt; b</text></svg>`)); err != nil {
		t.Error(err)
	}
	err := Write(&bytes.Buffer{}, Content{Set: &results.Set{}, Charts: []Chart{{Name: "bad", SVG: []byte("<svg><script/></svg>")}}})
	if err == nil || !strings.Contains(err.Error(), "chart bad") {
		t.Errorf("%v", err)
	}
}

// unpacked decodes the story of a trial as page.js does.
func unpacked(t *testing.T, trial Trial) (s story) {
	t.Helper()
	packed, err := base64.StdEncoding.DecodeString(trial.packed)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(flate.NewReader(bytes.NewReader(packed)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAStoryHasEveryEventItsEvidenceAndWhoWasWrong(t *testing.T) {
	c := content(t)
	at := slices.IndexFunc(c.Trials, func(t Trial) bool { return t.Kept.ID == "gc-pause.redis.none.virtual.seed-1" })
	trial := c.Trials[at]
	s := unpacked(t, trial)
	if len(s.Events) != trial.Events || s.Of != trial.Events {
		t.Errorf("%d of %d events, want %d", len(s.Events), s.Of, trial.Events)
	}
	lost := trial.Kept.Result.Finding(check.LostUpdate)
	if len(s.Moments) == 0 || s.Moments[0].What != "lost update" || s.Moments[0].Seq != slices.Max(lost.Evidence) || s.Moments[0].Why != lost.Why+". The balance is now 90; 80 would be right" {
		t.Errorf("the first moment is %+v, want that of %+v", s.Moments, lost)
	}
	for _, seq := range lost.Evidence {
		if e := s.Events[seq-1]; !slices.Contains(e.Shows, "lost update") {
			t.Errorf("event %d is evidence of the lost update, but is said to show %q", seq, e.Shows)
		}
	}
	wrong := slices.ContainsFunc(s.Parties[0].Lock, func(b believed) bool { return b.Wrong != "" && b.Since > 0 && b.Since <= b.Seq })
	if s.Parties[0].Name != "client-1" || !wrong {
		t.Errorf("client-1 is never wrong about the lock: %+v", s.Parties[0])
	}
}

func TestAStoryTellsOfTheRefusalThatSavedTheAccount(t *testing.T) {
	h, findings, _ := picturetest.History(t, "gc-pause", "redis", "fence-all")
	rescue, saved := words.Rescue(h, findings)
	if !saved {
		t.Fatal("the guard refused nothing")
	}
	s := newStory(h, findings, timeline.Layout{})
	const want = "So the guard saved the account: At 17.002 s, client-1 would have written 90 over client-2's withdrawal."
	for _, e := range s.Events {
		if tells := strings.HasSuffix(e.Says, want); tells != (e.Seq == rescue.Seq) {
			t.Errorf("event %d says %q; the account was saved at event %d", e.Seq, e.Says, rescue.Seq)
		}
	}
}

func TestALongHistoryIsCutDownToItsViolation(t *testing.T) {
	h := &sim.History{Header: sim.Header{Format: sim.Format, World: "virtual", TTL: time.Second, Clients: []sim.HostID{"client-1"}, Ledger: "ledger"}}
	const n = 100_000
	for i := range int64(n) {
		h.Events = append(h.Events, sim.Event{Seq: i + 1, At: time.Duration(i) * time.Millisecond, Host: "client-1", Kind: sim.Check, Op: fmt.Sprint("client-1/", i)})
	}
	h.Events[70_000].Kind = sim.Wrote
	findings := []check.Finding{{Property: check.LostUpdate, Verdict: check.Violated, Why: "so", Evidence: []int64{70_001}}}
	s := newStory(h, findings, timeline.Layout{})
	if len(s.Events) != maxEvents || s.Of != n {
		t.Fatalf("%d of %d events, want %d of %d", len(s.Events), s.Of, maxEvents, n)
	}
	if first, last := s.Events[0].Seq, s.Events[maxEvents-1].Seq; first > 70_001 || last < 70_001 || len(s.Moments) != 1 {
		t.Errorf("events %d to %d with %d moments, want those around 70001", first, last, len(s.Moments))
	}
	for _, p := range s.Parties {
		for _, list := range [][]believed{p.Lock, p.Account} {
			if len(list) > 0 && list[0].Seq > s.Events[0].Seq {
				t.Errorf("nothing is known of what %s believed at event %d", p.Name, s.Events[0].Seq)
			}
		}
	}
}

func TestTooManyTrialsLeaveOneOfEachCellAndTheTellingOnes(t *testing.T) {
	var kept []results.Kept
	for cell := range 4 {
		for seed := range 3 {
			kept = append(kept, results.Kept{ID: fmt.Sprint(cell, "/", seed), Telling: cell == 1 && seed == 2,
				Result: outcome.Result{Scenario: "s", Backend: fmt.Sprint(cell), Seed: uint64(seed)}})
		}
	}
	var ids []string
	for _, k := range Choose(kept, 6) {
		ids = append(ids, k.ID)
	}
	if want := []string{"0/0", "0/1", "1/0", "1/2", "2/0", "3/0"}; !slices.Equal(ids, want) {
		t.Errorf("chose %q, want %q", ids, want)
	}
	if len(Choose(kept, 12)) != 12 {
		t.Error("something was left out although there was room")
	}
}

func TestThePageSaysWhyAChartIsMissing(t *testing.T) {
	c := content(t)
	c.NoCharts = []string{"There is no chart cap.live: it needs <more>."}
	if page := written(t, c); !strings.Contains(page, "There is no chart cap.live: it needs &lt;more&gt;.") {
		t.Error("the page does not say that a chart is missing")
	}
}

func TestVariantsOfALockServiceStandInItsColumn(t *testing.T) {
	known := map[string]bool{"redis": true, "redlock": true, "redlock-redsync": true, "lib/zk-lock": true}
	for backend, want := range map[string][2]string{
		"redis": {"redis", ""}, "redis+renew": {"redis", "+renew"},
		"redlock-redsync+renew": {"redlock", "redsync +renew"}, "other-thing": {"other-thing", ""},
		"lib/zk-lock": {"libraries", "zk-lock"},
	} {
		if column, variant := service(backend, known); [2]string{column, variant} != want {
			t.Errorf("%s stands in column %q as %q, want %q", backend, column, variant, want)
		}
	}
}

func TestAPageThatFailsLeavesTheOldOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.html")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := Save(path, Content{Set: &results.Set{}, Trials: []Trial{}, Charts: []Chart{{Name: "bad"}}})
	if err == nil {
		t.Fatal("an empty chart was taken")
	}
	if text, _ := os.ReadFile(path); string(text) != "old" {
		t.Errorf("the page is now %q", text)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("%d files were left behind", len(files)-1)
	}
}

// Charts of a chapter stand under its heading, which is there once.
func TestChartsStandUnderTheirChapters(t *testing.T) {
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>`)
	var page strings.Builder
	content := Content{Title: "t", Set: &results.Set{}, Charts: []Chart{
		{Name: "a", Title: "A", Chapter: "First", SVG: svg}, {Name: "b", Title: "B", Chapter: "First", SVG: svg}, {Name: "c", Title: "C", Chapter: "Second", SVG: svg},
	}}
	if err := Write(&page, content); err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, want := range []string{">First</h3>", ">A</h4>", ">B</h4>", ">Second</h3>", ">C</h4>"} {
		next := strings.Index(page.String()[at:], want)
		if next < 0 {
			t.Fatalf("after byte %d the page does not have %q", at, want)
		}
		at += next + len(want)
	}
	if strings.Count(page.String(), ">First</h3>") != 1 {
		t.Error("the heading of a chapter stands there twice")
	}
}
