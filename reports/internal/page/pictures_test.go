package page

import (
	"context"
	"fmt"
	"image/color"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
)

// onlyDejaVu lets a browser find no font but DejaVu Sans, in which text is a seventh longer than in
// the font that pictures are measured with.
func onlyDejaVu(t *testing.T) chromedp.ExecAllocatorOption {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"DejaVuSans.ttf", "DejaVuSans-Bold.ttf"} {
		path := fontFile(name)
		if path == "" {
			lacking(t, "there is no "+name+" on this machine; on Debian: sudo apt-get install fonts-dejavu-core")
		}
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(dir, "fonts.conf")
	text := "<fontconfig><dir>" + dir + "</dir><cachedir>" + filepath.Join(dir, "cache") + "</cachedir></fontconfig>\n"
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return chromedp.Env("FONTCONFIG_FILE=" + config)
}

// fontFile finds a font on this machine; empty if it is not there.
func fontFile(name string) (path string) {
	for _, root := range []string{"/usr/share/fonts", "/usr/local/share/fonts"} {
		// Whatever cannot be read is skipped.
		_ = filepath.WalkDir(root, func(at string, entry fs.DirEntry, _ error) error {
			if entry != nil && entry.Name() == name {
				path = at
				return fs.SkipAll
			}
			return nil
		})
	}
	return path
}

func measuredIn(t *testing.T, ctx context.Context, svg string) measured {
	t.Helper()
	return ask[measured](t, ctx, measure+"("+quotedJSON(t, svg)+")")
}

// longer counts the texts that would be longer, by more than 5 %, than they were measured to be
// when the picture was drawn.
func (m *measured) longer() (n int) {
	for _, t := range m.Texts {
		face := canvas.Regular
		if t.Bold {
			face = canvas.Bold
		}
		if t.Natural > 1.05*float64(face(vg.Length(t.Size)).Width(t.Text)) {
			n++
		}
	}
	return n
}

var ownLength = regexp.MustCompile(` textLength="[^"]*"`)

// This test shows every chart, timelines of many scenarios, and diagrams in a browser without the
// font that they were measured with: no text may leave the picture or its box, or overlap another.
func TestTheTextsOfPicturesKeepTheirPlacesInAnotherFont(t *testing.T) {
	ctx, done := chromium(t, onlyDejaVu(t))
	defer done()
	pictures := drawnPictures(t)
	visit(t, ctx, 1280, "about:blank")
	texts, boxed, longer, tried, loose := 0, 0, 0, 0, 0
	for i, p := range pictures {
		m := measuredIn(t, ctx, p.svg)
		for _, fault := range m.faults() {
			t.Errorf("%s: %s", p.name, fault)
		}
		if len(m.Texts) < 5 {
			t.Errorf("%s: only %d texts", p.name, len(m.Texts))
		}
		texts, boxed, longer = texts+len(m.Texts), boxed+m.boxed(), longer+m.longer()
		if i%5 == 0 {
			// The same picture, if its texts had their natural lengths.
			tried++
			if free := measuredIn(t, ctx, ownLength.ReplaceAllString(p.svg, "")); len(free.faults()) > 0 {
				loose++
			}
		}
	}
	t.Logf("%d pictures, %d texts, %d of them in boxes; without their lengths, texts of %d of %d pictures are out of place", len(pictures), texts, boxed, loose, tried)
	if longer < texts*9/10 {
		t.Errorf("only %d of %d texts come out longer in this browser: it has the font that pictures are measured with", longer, texts)
	}
	if loose < tried*9/10 || boxed < texts/4 {
		t.Error("this test sees too little")
	}
}

// A picture that is opened by itself, as a file, follows the colour scheme that its reader prefers,
// and its texts stay readable.
func TestPicturesAreDarkWhereTheReaderPrefersThat(t *testing.T) {
	ctx, done := chromium(t)
	defer done()
	pictures := drawnPictures(t)
	for i, p := range pictures {
		if strings.HasPrefix(p.name, "timeline") && i%3 != 0 {
			continue
		}
		file := filepath.Join(t.TempDir(), "picture.svg")
		if err := os.WriteFile(file, []byte(p.svg), 0o644); err != nil {
			t.Fatal(err)
		}
		do(t, ctx, chromedp.Navigate("file://"+file))
		for scheme, paper := range map[string]color.NRGBA{"light": canvas.Ground.Light, "dark": canvas.Ground.Dark} {
			prefer(t, ctx, scheme)
			ground := fmt.Sprintf("rgb(%d, %d, %d)", paper.R, paper.G, paper.B)
			if got := ask[string](t, ctx, `getComputedStyle(document.querySelector("path")).fill`); got != ground {
				t.Errorf("%s: on %s, its paper is %s, want %s", p.name, scheme, got, ground)
			}
			if around := ask[string](t, ctx, `getComputedStyle(document.documentElement).backgroundColor`); scheme == "dark" && around != ground {
				t.Errorf("%s: on %s, it lies on %s, want %s", p.name, scheme, around, ground)
			}
			m := ask[measured](t, ctx, measure+`(new XMLSerializer().serializeToString(document))`)
			for _, fault := range m.faint() {
				t.Errorf("%s: on %s, %s", p.name, scheme, fault)
			}
		}
	}
}
