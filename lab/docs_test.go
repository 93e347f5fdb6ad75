package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestDocumentedCommandsRun runs every command that the README and the documents show, in
// the order in which a reader would, and holds the output shown below a command against
// the real one. Conventions: commands stand in ```sh blocks; a ```text block below shows a
// part of the output, one that begins with "locklab:" an error, and one that says "not as
// expected" that of a command whose status is not 0; a ```yaml block that the text says to
// save as a file is saved. Commands that run everything are left to the scripts in testdata,
// which do the same with fewer seeds, unless LOCKLAB_SEEDS asks for more, as in continuous
// integration.
func TestDocumentedCommandsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the whole suite several times over; the scripts in testdata run the same code")
	}
	dir := t.TempDir()
	documents, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, path := range append(documents, "../README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		script, n := scriptOf(t, string(text))
		if commands += n; n == 0 {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(path), ".md") + ".txtar"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if commands < 5 {
		t.Fatalf("only %d commands found: has the way in which documents show commands changed?", commands)
	}
	testscript.Run(t, testscript.Params{Dir: dir, RequireExplicitExec: true, Condition: condition})
}

var (
	block      = regexp.MustCompile("(?s)```(sh|text|yaml)\n(.*?)```")
	everything = regexp.MustCompile(`locklab (run|claims|claims --numbers)\s*(#.*)?$`)
	saveAs     = regexp.MustCompile("^\\s*Save it as `([^`]+)`")
)

// scriptOf makes a test script of a document and counts the commands in it.
func scriptOf(t *testing.T, text string) (script string, commands int) {
	var lines, files []string
	live := "" // before what needs real servers
	found := block.FindAllStringSubmatchIndex(text, -1)
	for i, at := range found {
		kind, body := text[at[2]:at[3]], text[at[4]:at[5]]
		switch kind {
		case "yaml":
			if name := saveAs.FindStringSubmatch(text[at[1]:]); name != nil {
				files = append(files, fmt.Sprintf("-- %s --\n%s", name[1], body))
			}
		case "sh":
			fails := false
			if i+1 < len(found) {
				shown := text[found[i+1][4]:found[i+1][5]]
				fails = strings.HasPrefix(shown, "locklab:") || strings.Contains(shown, "not as expected")
			}
			for _, line := range strings.Split(strings.TrimSpace(body), "\n") {
				if line == "make test" {
					continue // this is it
				}
				commands++
				if os.Getenv("LOCKLAB_SEEDS") == "" && everything.MatchString(line) {
					continue
				}
				if live = ""; strings.Contains(line, "--world live") || strings.Contains(line, "--world both") {
					live = "[live] "
				}
				lines = append(lines, live+execLine(t, line, fails))
			}
		case "text":
			if strings.HasPrefix(body, "#") {
				continue // a transcript, which has a golden file of its own
			}
			name := fmt.Sprintf("shown-%d", i)
			files = append(files, fmt.Sprintf("-- %s --\n%s", name, body))
			stream := "stdout"
			if strings.HasPrefix(body, "locklab:") {
				stream = "stderr"
			}
			for _, shown := range strings.Split(strings.TrimSpace(body), "\n") {
				lines = append(lines, fmt.Sprintf("%s%s '%s'", live, stream, strings.ReplaceAll(regexp.QuoteMeta(shown), "'", "''")))
			}
		}
	}
	return strings.Join(lines, "\n") + "\n" + strings.Join(files, ""), commands
}

// execLine is a shown command as a line of a test script. The histories that are shown to
// `check` have a violation in them, so its status is not 0.
func execLine(t *testing.T, line string, fails bool) string {
	args, ok := strings.CutPrefix(line, "go run ./cmd/locklab ")
	if !ok {
		if args, ok = strings.CutPrefix(line, "locklab "); !ok {
			t.Fatalf("a document shows %q, which is not a locklab command", line)
		}
	}
	exec := "exec locklab " + args
	if fails || strings.HasPrefix(args, "check ") {
		exec = "! " + exec
	}
	return exec
}
