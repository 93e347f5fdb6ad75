package plaintext

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// shells lists the shells of this machine that people paste commands into.
func shells(t testing.TB) (found []string) {
	for _, name := range []string{"sh", "dash", "bash", "zsh", "ksh", "busybox"} {
		if path, err := exec.LookPath(name); err == nil {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		t.Skip("needs a shell")
	}
	return found
}

// readBack lets a shell split a line into words again. The first word stands in the place of a
// command.
func readBack(t testing.TB, shell, line string) []string {
	t.Helper()
	arguments := []string{"-c", `take() { printf '%s\0' "$@"; }; take ` + line}
	if strings.HasSuffix(shell, "busybox") {
		arguments = append([]string{"sh"}, arguments...)
	}
	out, err := exec.Command(shell, arguments...).Output()
	if err != nil {
		t.Fatalf("%s -c %q: %v", shell, line, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

func TestAShellReadsBackTheSameWords(t *testing.T) {
	t.Parallel()
	all := shells(t)
	hostile := []string{
		"", "-", "--", "-n", "=ls", "a=b", "~", "~root", "%1", "^x^y", "!!", "#", "a#b", "*", "?", "[a]", "{a,b}", "$HOME", "$(id)", "`id`",
		"a b", " ", "\t", "\n", "a\nb\n", "\r", "'", "''", `'\''`, `"`, `\`, `\\`, `a\`, "a;id", "a&", "a|b", "<a", ">a", "(a)", "é", "\u202e", "\x1b[31m", "\x7f", "\xff\xfe",
		"redis+token=incr", "/a/b-c_d.yaml", "127.0.0.1:7000,127.0.0.1:7001", "master@theirs", "1..3", "$'a'", "if", "then", "!", "{", "}", "[[", "time",
	}
	for i := 1; i < 256; i++ { // each byte alone, before and after another
		hostile = append(hostile, string([]byte{byte(i)}), string([]byte{byte(i), 'a'}), string([]byte{'a', byte(i)}))
	}
	for _, shell := range all {
		if got := readBack(t, shell, Shell(hostile...)); !slices.Equal(got, hostile) {
			t.Errorf("%s reads back %q\nof         %q\nwritten as %s", shell, got, hostile, Shell(hostile...))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`[ -~]{0,12}`), rapid.String(),
			rapid.Map(rapid.SliceOf(rapid.ByteRange(1, 255)), func(b []byte) string { return string(b) }),
		)
		words := rapid.SliceOfN(rapid.Map(text, func(s string) string { return strings.ReplaceAll(s, "\x00", "") }), 1, 50).Draw(t, "words")
		shell := rapid.SampledFrom(all).Draw(t, "shell")
		out, err := exec.Command(shell, "-c", "printf '%s\\0' "+Shell(words...)).Output()
		if strings.HasSuffix(shell, "busybox") {
			out, err = exec.Command(shell, "sh", "-c", "printf '%s\\0' "+Shell(words...)).Output()
		}
		if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); err != nil || !slices.Equal(got, words) {
			t.Fatalf("%s reads back %q (%v) of %q", shell, got, err, words)
		}
	})
}

// Words that need no quotes have none, so that commands read well.
func TestPlainWordsHaveNoQuotes(t *testing.T) {
	t.Parallel()
	const line = "locklab run gc-pause --backend redis+token=incr --seeds 7..7 --attach etcd=127.0.0.1:7000,127.0.0.1:7001 ./my_file.yaml"
	if got := Shell(strings.Fields(line)...); got != line {
		t.Errorf("got  %s\nwant %s", got, line)
	}
}

func FuzzShell(f *testing.F) {
	shell := shells(f)[0]
	f.Add("a'b", "\n\x1b")
	f.Fuzz(func(t *testing.T, a, b string) {
		words := []string{strings.ReplaceAll(a, "\x00", ""), strings.ReplaceAll(b, "\x00", "")}
		if got := readBack(t, shell, Shell(words...)); !slices.Equal(got, words) {
			t.Errorf("%s reads back %q of %q", shell, got, words)
		}
	})
}
