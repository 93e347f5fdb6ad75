package page

import (
	"context"
	"fmt"
	"testing"
)

// overlapping is a script that lists the pairs of selected elements whose texts overlap.
const overlapping = `((selector) => {
	const boxes = [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map((e) => {
		const r = document.createRange();
		r.selectNodeContents(e);
		return { text: e.textContent, box: r.getBoundingClientRect() };
	});
	const out = [];
	boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
		if (a.box.left < b.box.right - 0.5 && b.box.left < a.box.right - 0.5 && a.box.top < b.box.bottom - 0.5 && b.box.top < a.box.bottom - 0.5) out.push(a.text + " and " + b.text);
	}));
	return out;
})`

func TestNothingOverflowsThePageAtAnyWidth(t *testing.T) {
	for name, c := range map[string]Content{"real": content(t), "hostile": hostile(t)} {
		t.Run(name, func(t *testing.T) {
			address := saved(t, c)
			cell := addresses{}.of(c.Set.Cells[0].Scenario, c.Set.Cells[0].Backend, c.Set.Cells[0].Guard, c.Set.Cells[0].World)
			if name == "real" {
				cell = pauseCell
			}
			ctx, done := chromium(t)
			defer done()
			for _, width := range []int64{360, 1280, 1920} {
				visit(t, ctx, width, address)
				fits(t, ctx, fmt.Sprint("the overview at ", width))
				if both := ask[[]string](t, ctx, overlapping+`("#table thead th")`); len(both) > 0 {
					t.Errorf("at %d, titles of the matrix lie over each other: %q", width, both)
				}
				visit(t, ctx, width, address+"#"+cell)
				visible(t, ctx, ".player .now")
				press(t, ctx, "v")
				fits(t, ctx, fmt.Sprint("a cell at ", width))
				if both := ask[[]string](t, ctx, overlapping+`(".bar > *")`); len(both) > 0 {
					t.Errorf("at %d, buttons lie over each other: %q", width, both)
				}
			}
			if ask[bool](t, ctx, `Boolean(window.harmed) || Boolean(document.querySelector("img, iframe"))`) {
				t.Error("what was said in a scenario has become part of the page")
			}
		})
	}
}

func fits(t *testing.T, ctx context.Context, what string) {
	t.Helper()
	if over := ask[float64](t, ctx, `document.scrollingElement.scrollWidth - innerWidth`); over > 0 {
		wide := ask[[]string](t, ctx, `[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, .paper")).slice(0, 5).map((e) => e.tagName + "." + e.className)`)
		t.Errorf("%s is %g pixels too wide: %q", what, over, wide)
	}
}

// contrast is a script that computes the contrast between an element's text and its background, by
// WCAG 2.
const contrast = `((selector) => {
	const e = [...document.querySelectorAll(selector)].find((e) => e.checkVisibility());
	const parse = (c) => { const n = c.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
	const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	let ground = e;
	while (parse(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
	const [a, b] = [light(parse(getComputedStyle(e).color)), light(parse(getComputedStyle(ground).backgroundColor))].sort();
	return (b + 0.05) / (a + 0.05);
})`

func TestTextCanBeReadOnLightAndOnDark(t *testing.T) {
	address := saved(t, content(t))
	ctx, done := chromium(t)
	defer done()
	grounds := map[float64]bool{}
	for _, scheme := range []string{"light", "dark"} {
		prefer(t, ctx, scheme)
		visit(t, ctx, 1280, address)
		readable := func(selectors ...string) {
			t.Helper()
			for _, s := range selectors {
				if c := ask[float64](t, ctx, contrast+"("+quoted(s)+")"); c < 4.5 {
					t.Errorf("%s: the contrast of %s is %.2f, want 4.5", scheme, s, c)
				}
			}
		}
		readable("h1", ".remark, h1", "#matrix p", "header a", ".legend li > span:last-child", "#table .chip.lost", "#table .chip.broken",
			"#table .chip.starved", "#table .chip.holds", "#table .chip.holds b", ".legend .undecided", ".legend .missing",
			".matrix thead th", ".matrix th code", ".filters label", "output", ".condition", "figcaption", ".words dd", ".facts dt")
		visit(t, ctx, 1280, address+"#"+pauseCell)
		visible(t, ctx, ".player .now")
		press(t, ctx, "v")
		readable(".text", ".about", ".judged .violated", ".judged .held", ".verdict", ".replay code", ".now", ".now small", ".jump", ".where",
			".beliefs p", ".beliefs .why", ".events [aria-current] td", ".events .shows td:last-child")
		const papers = `[...new Set([document.body, document.querySelector(".player .paper")].map((e) => getComputedStyle(e).backgroundColor).concat(getComputedStyle(document.querySelector(".player svg path")).fill))]`
		if all := ask[[]string](t, ctx, papers); len(all) != 1 {
			t.Errorf("%s: the page, the frame of a timeline and the timeline are on papers of their own: %q", scheme, all)
		}
		grounds[ask[float64](t, ctx, `Number(getComputedStyle(document.body).backgroundColor.match(/\d+/)[0])`)] = true
	}
	if len(grounds) != 2 {
		t.Error("light and dark look the same")
	}
}
