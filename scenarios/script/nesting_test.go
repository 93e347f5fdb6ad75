package script

import (
	"runtime"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/strict"
)

// No file that is small enough to be read allocates more than a bounded amount of memory, whatever
// it nests.
func TestNoFileIsDearToRead(t *testing.T) {
	deep := func(n int, open string) string { return strings.Repeat(open, n) }
	indented := func(line string) string {
		var b strings.Builder
		for i := range 300 {
			b.WriteString(strings.Repeat(" ", i) + line + "\n")
		}
		return b.String()
	}
	const tooDeep, longKey = "lists and mappings nest too deep", "this key has 30000 characters"
	key := strings.Repeat("k", 30_000)
	cases := []struct{ name, src, found string }{
		{"lists in brackets", deep(60_000, "["), "1:21: " + tooDeep},
		{"mappings in braces", deep(60_000, "{"), "1:21: " + tooDeep},
		{"brackets and braces", deep(12_000, "{a: ["), "1:51: " + tooDeep},
		{"dashes", deep(30_000, "- "), "1:41: " + tooDeep},
		{"dashes with tags", deep(12_000, "- !a "), "1:81: " + tooDeep},
		{"dashes and brackets", deep(20_000, "- ["), "1:60: " + tooDeep},
		{"keys", deep(20_000, "a: "), "1:62: " + tooDeep},
		{"keys that are asked for", deep(30_000, "? "), "1:41: " + tooDeep},
		{"dashes below each other", indented("-"), "21:21: " + tooDeep},
		{"keys below each other", indented("k:"), "21:22: " + tooDeep},
		{"a list under a long key", key + ":\n" + deep(8_000, "- x\n"), "1:1: " + longKey},
		{"a list in brackets under a long key", key + ": [" + deep(15_000, "b,") + "]", "1:1: " + longKey},
		{"a long key in quotes", `"` + key + `": {` + deep(5_000, "b: 1, ") + "}", "1:1: " + longKey},
		{"a bomb of aliases", "title: &a [x,x]\ntext: &b [*a,*a,*a,*a]\nttl: &c [*b,*b,*b,*b]\n", "1:8: title is an anchor or alias"},
		{"a long word", "title: " + deep(60_000, "x"), "1:1: the scenario has no key scenario"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			src := []byte(c.src)
			if len(src) > strict.MaxFile {
				t.Fatalf("the file has %d bytes, which is refused for its size", len(src))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Load("test.yaml", src, known())
			runtime.ReadMemStats(&after)
			if err == nil || !strings.HasPrefix(err.Error(), "test.yaml:"+c.found) {
				t.Errorf("got %.200v, want %s", err, c.found)
			}
			const most = 2000 // bytes allocated per byte of a file of the largest size
			if took := after.TotalAlloc - before.TotalAlloc; took > uint64(most*strict.MaxFile) {
				t.Errorf("to read %d bytes took %d MB", len(src), took>>20)
			}
		})
	}
}
