package page

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long the browser may take for everything one test asks of it, on a busy machine.
const patience = time.Minute

// allSaid is the message that ends what a test reads from the console.
const allSaid = "that is all"

// hear collects what the page logs to its console. The function it returns stops that and returns
// everything collected.
func hear(t *testing.T, ctx context.Context) func() []string {
	said := make(chan []string, 1)
	messages := chromedp.Console(ctx)
	go func() {
		var all []string
		for m, err := range messages {
			if err != nil {
				all = append(all, err.Error())
				break
			}
			if m.Text == allSaid {
				break
			}
			all = append(all, m.String())
		}
		said <- all
	}()
	return func() []string {
		ask[any](t, ctx, `console.log("`+allSaid+`")`)
		return <-said
	}
}

// chromium opens a tab. The test must call done at its end, which fails it if a page has logged
// anything to the console.
func chromium(t *testing.T, options ...chromedp.ExecAllocatorOption) (ctx context.Context, done func()) {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser in a process of its own has no races for the detector to see")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		lacking(t, "there is no chromium on this machine; on Debian: sudo apt-get install --no-install-recommends chromium")
	}
	opts := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU}, options)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	all := hear(t, ctx)
	return ctx, func() {
		if complaints := all(); len(complaints) > 0 {
			t.Errorf("the page complains: %q", complaints)
		}
	}
}

// lacking skips a test because this machine lacks something, or fails it if everything is required.
func lacking(t *testing.T, help string) {
	t.Helper()
	if os.Getenv("LOCKLAB_REQUIRE_LIVE") != "" {
		t.Fatal(help)
	}
	t.Skip(help)
}

// prefer sets the colour scheme that the reader prefers, light or dark.
func prefer(t *testing.T, ctx context.Context, scheme string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// do runs steps in the browser.
func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// ask evaluates an expression in the page.
func ask[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return answer
}

// until waits until an expression is true.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for {
		// While a page is loading there may be nothing to evaluate in.
		met, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if met {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("wait until %s: %v", expression, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// visit loads a page afresh at a width.
func visit(t *testing.T, ctx context.Context, width int64, address string) {
	t.Helper()
	do(t, ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("about:blank"), chromedp.Navigate(address))
}

// visible waits until something is there and can be seen.
func visible(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	until(t, ctx, `Boolean(document.querySelector(`+quoted(selector)+`)?.checkVisibility())`)
}

func press(t *testing.T, ctx context.Context, key string) {
	t.Helper()
	do(t, ctx, chromedp.KeyEvent(key))
}

func click(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	do(t, ctx, chromedp.Click(chromedp.CSS(selector)))
}

func quoted(s string) string { return "'" + s + "'" }

const pauseCell = "gc-pause.redis.none.virtual"

func TestAReaderFiltersOpensACellStepsToTheViolationAndCopiesTheCommand(t *testing.T) {
	c := content(t)
	address := saved(t, c)
	ctx, done := chromium(t)
	defer done()
	visit(t, ctx, 1280, address)
	allowClipboard(t, ctx)

	shown := `document.querySelectorAll("#table .chip").values().filter((c) => c.checkVisibility()).map((c) => c.hash.slice(1)).toArray()`
	if all := ask[[]string](t, ctx, shown); len(all) != len(c.Set.Cells) {
		t.Errorf("%d cells are shown at first, want %d", len(all), len(c.Set.Cells))
	}
	ask[any](t, ctx, `(() => { const e = document.querySelector("[name=column]"); e.value = "redis"; e.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	do(t, ctx, chromedp.SendKeys(chromedp.CSS(`[name=text]`), "GC-pause k4"))
	click(t, ctx, `[name=violations]`)
	left := ask[[]string](t, ctx, shown)
	if len(left) == 0 || len(left) == len(c.Set.Cells) {
		t.Errorf("the filters leave %q", left)
	}
	for _, id := range left {
		if !strings.HasPrefix(id, "gc-pause.redis") {
			t.Errorf("%s is shown, which the filters leave out", id)
		}
	}
	if got := ask[string](t, ctx, `document.querySelector("#shown").textContent`); !strings.Contains(got, "of") {
		t.Errorf("the page says %q of how many are shown", got)
	}
	if ask[bool](t, ctx, `document.querySelector('th[data-column="etcd"]').checkVisibility()`) {
		t.Error("the column of etcd is shown, and is empty")
	}

	click(t, ctx, `#table a[href="#`+pauseCell+`"]`)
	visible(t, ctx, ".player .now")
	if ask[bool](t, ctx, `document.querySelector("#table").checkVisibility()`) {
		t.Error("the matrix is still shown beside the cell")
	}
	press(t, ctx, "v")
	at := ask[string](t, ctx, `document.querySelector(".player .now").textContent`)
	if !strings.Contains(at, "lost update") || !strings.Contains(at, "the account accepts the write of client-1") {
		t.Errorf("at the violation stands %q", at)
	}
	if wrong := ask[string](t, ctx, `document.querySelector(".beliefs .wrong").textContent`); !strings.Contains(wrong, "client-1") || !strings.Contains(wrong, "wrong since event") {
		t.Errorf("of who is wrong there stands %q", wrong)
	}
	row := ask[string](t, ctx, `document.querySelector(".events [aria-current]").className`)
	if row != "shows" {
		t.Errorf("the row of the violation has the class %q, want it marked as evidence", row)
	}

	click(t, ctx, `.cell.open .copy`)
	until(t, ctx, `document.querySelector(".cell.open .copy").textContent === "Copied"`)
	want := "locklab run gc-pause --backend redis --guard none --discipline attentive --world virtual --seeds 1..1 --ttl 10s"
	copied := ask[string](t, ctx, `navigator.clipboard.readText()`)
	if copied != want {
		t.Errorf("copied %q, want %q", copied, want)
	}

	press(t, ctx, kb.Escape)
	visible(t, ctx, "#table")
	if focus := ask[string](t, ctx, `document.activeElement.hash ?? ""`); focus != "#"+pauseCell {
		t.Errorf("back at the matrix, the focus is on %q", focus)
	}
	click(t, ctx, `.filters [type=reset]`)
	until(t, ctx, `!document.querySelector("#shown").textContent.includes("of")`)
	if all := ask[[]string](t, ctx, shown); len(all) != len(c.Set.Cells) {
		t.Errorf("%d cells are shown without filters, want %d", len(all), len(c.Set.Cells))
	}
}

func TestEveryEventCanBeReachedFromTheKeyboard(t *testing.T) {
	address := saved(t, content(t))
	ctx, done := chromium(t)
	defer done()
	visit(t, ctx, 1280, address+"#"+pauseCell)
	visible(t, ctx, ".player .now")
	number := `Number(document.querySelector(".events [aria-current] td").textContent)`
	line := `Number(document.querySelector(".over line").getAttribute("x1"))`
	events := ask[int](t, ctx, `document.querySelectorAll(".events tbody tr").length`)
	leads := func(key string, want int) {
		t.Helper()
		press(t, ctx, key)
		if got := ask[int](t, ctx, number); got != want {
			t.Errorf("after %q it is at event %d, want %d", key, got, want)
		}
	}
	leads(kb.ArrowRight, 2)
	leads(kb.ArrowRight, 3)
	leads(kb.ArrowLeft, 2)
	leads(kb.End, events)
	leads(kb.ArrowRight, events)
	last := ask[float64](t, ctx, line)
	leads(kb.Home, 1)
	leads(kb.ArrowLeft, 1)
	if first := ask[float64](t, ctx, line); first >= last {
		t.Errorf("the cursor is at %g at the first event and at %g at the last", first, last)
	}
	seen := map[int]bool{}
	for range 3 {
		press(t, ctx, "v")
		seen[ask[int](t, ctx, number)] = true
	}
	if len(seen) < 2 {
		t.Errorf("v leads to events %v only, but a lost update and an overlap have moments of their own", seen)
	}
}

func TestThePageCanBeReadWithoutScripts(t *testing.T) {
	address := saved(t, content(t))
	ctx, done := chromium(t)
	defer done()
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	visit(t, ctx, 1280, address)
	for _, selector := range []string{
		"#table .chip", "#claims td", "#charts svg", "#words dd", "#made code", ".noscript",
		"#gc-pause .text", "#gc-pause .telling svg", `[id="` + pauseCell + `"] .judged td:last-child`, `[id="` + pauseCell + `"] .replay code`,
	} {
		// An empty element has no height.
		height := ask[float64](t, ctx, `document.querySelector(`+quoted(selector)+`)?.getBoundingClientRect().height ?? -1`)
		if height <= 0 {
			t.Errorf("without scripts %s is not to be seen (height %g)", selector, height)
		}
	}
	if ask[bool](t, ctx, `document.documentElement.classList.contains("js") || Boolean(document.querySelector(".copy")) || document.querySelector("#filters").checkVisibility()`) {
		t.Error("there are things that need scripts, although those are off")
	}
}

// allowClipboard lets the page copy and the test read what it copied.
func allowClipboard(t *testing.T, ctx context.Context) {
	t.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
