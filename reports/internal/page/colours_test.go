package page

import (
	"fmt"
	"image/color"
	"regexp"
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/internal/picturetest"
)

var (
	variable = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]+);`)
	literal  = regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b`)
)

// coloursOf returns the page's colours by name, for light and for dark.
func coloursOf(t *testing.T) map[string]map[string]color.NRGBA {
	t.Helper()
	before, after, _ := strings.Cut(style, "@media (prefers-color-scheme: dark) {")
	dark, rest, found := strings.Cut(after, "\n}\n")
	if !found {
		t.Fatal("the style sheet has no colours on dark")
	}
	if stray := literal.FindString(rest); stray != "" {
		t.Errorf("%s stands among the rules: it would be the same on light and on dark", stray)
	}
	all := map[string]map[string]color.NRGBA{}
	for scheme, text := range map[string]string{"light": before, "dark": dark} {
		all[scheme] = map[string]color.NRGBA{}
		for _, m := range variable.FindAllStringSubmatch(text, -1) {
			hex := m[2][1:]
			if len(hex) == 3 {
				hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
			}
			c := color.NRGBA{A: 0xFF}
			if _, err := fmt.Sscanf(hex, "%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
				t.Fatalf("--%s is %s: %v", m[1], m[2], err)
			}
			all[scheme][m[1]] = c
		}
	}
	for name := range all["light"] {
		if _, there := all["dark"][name]; !there {
			t.Errorf("--%s has no value on dark", name)
		}
	}
	return all
}

func TestColoursOfThePageAreToldApartByEverybody(t *testing.T) {
	for scheme, of := range coloursOf(t) {
		for _, group := range []struct {
			least float64
			names []string
		}{
			{7, []string{"paper", "lost", "broken", "starved", "undecided"}}, // boxes with words in them
			{10, []string{"good", "bad", "slate"}},                           // verdicts, in words
			{16, []string{"bad", "ink"}},
			{16, []string{"bad", "focus"}}, // the edge of what happens at the cursor
		} {
			for i, a := range group.names {
				for _, b := range group.names[:i] {
					if d, to := picturetest.Apart(of[a], of[b]); d < group.least {
						t.Errorf("on %s, --%s and --%s differ by %.1f to people with %s, want %g", scheme, a, b, d, to, group.least)
					}
				}
			}
		}
		for _, c := range []struct{ text, ground string }{
			{"on-lost", "lost"}, {"on-broken", "broken"}, {"on-broken", "stripe"}, {"on-starved", "starved"}, {"on-undecided", "undecided"},
			{"ink", "paper"}, {"ink", "wash"}, {"ink", "now"}, {"slate", "paper"}, {"slate", "wash"}, {"link", "paper"},
			{"good", "paper"}, {"bad", "paper"}, {"bad", "wash"}, {"bad", "now"},
		} {
			if got := canvas.Contrast(of[c.text], of[c.ground]); got < 4.5 {
				t.Errorf("on %s, the contrast of --%s on --%s is %.2f, want 4.5", scheme, c.text, c.ground, got)
			}
		}
	}
}

// The page and its pictures are on the same paper, and a colour means the same in both.
func TestThePageHasThePaperOfItsPictures(t *testing.T) {
	of := coloursOf(t)
	if light, dark := of["light"]["paper"], of["dark"]["paper"]; light != canvas.Ground.Light || dark != canvas.Ground.Dark {
		t.Errorf("the page is on %v and %v, its pictures on %v", light, dark, canvas.Ground)
	}
	if got := of["light"]["lost"]; got != canvas.Violation.Light {
		t.Errorf("damage is %v in the page and %v in its pictures", got, canvas.Violation.Light)
	}
}

func TestThePageTakesWhatItsPicturesAreOnDark(t *testing.T) {
	const sheet = `<style>@media(prefers-color-scheme:dark){:root{background:#14171a}[fill="#fff"]{fill:#14171a}[stroke="#222"]{stroke:#eceef0}}</style>`
	s, err := drawing([]byte("<svg>\n" + sheet + `<path fill="#fff"/></svg>`))
	if err != nil {
		t.Fatal(err)
	}
	if want := "<svg>\n" + `<path fill="#fff"/></svg>`; string(s.markup) != want {
		t.Errorf("the picture is %q, want %q", s.markup, want)
	}
	d := darkSheet{}
	d.add(s)
	d.add(s)
	css, err := d.text()
	if err != nil {
		t.Fatal(err)
	}
	want := "@media (prefers-color-scheme: dark) {\n" + `.paper [fill="#fff"]{fill:#14171a}.paper [stroke="#222"]{stroke:#eceef0}` + "\n}\n"
	if string(css) != want {
		t.Errorf("got %q, want %q", css, want)
	}
	d.add(sketch{dark: []rule{{"fill", "#fff", "#000"}}})
	if _, err := d.text(); err == nil || !strings.Contains(err.Error(), "#fff on light is #000 on dark in one picture and #14171a in another") {
		t.Errorf("two pictures contradict each other: %v", err)
	}
	if css, err := (darkSheet{}).text(); css != "" || err != nil {
		t.Errorf("without pictures there is %q, %v", css, err)
	}
}

func TestWhatPicturesAreOnDarkIsInThePageOnce(t *testing.T) {
	page := written(t, content(t))
	if n := strings.Count(page, `.paper [fill="#fff"]{fill:#14171a}`); n != 1 {
		t.Errorf("it is said %d times what white paper is on dark, want once", n)
	}
	if n := strings.Count(page, "<style>"); n != 1 {
		t.Errorf("there are %d style sheets, want one", n)
	}
}
