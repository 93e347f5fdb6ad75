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

// TestDocumentedCommandsRun runs every command shown in the README and the documents, in the order
// in which a reader would, and compares the output shown below a command with the real one.
// Conventions: commands stand in ```sh blocks; a ```text block below shows part of the output. If
// that block begins with "locklab:", it shows an error; if it says "not as expected", the command
// exits with a status other than 0. A ```yaml block that the text says to save as a file is saved.
// Commands that run everything are left to the scripts in testdata, which do the same with fewer
// seeds, unless LOCKLAB_SEEDS asks for more, as in continuous integration.
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

// scriptOf turns a document into a test script and counts its commands.
func scriptOf(t *testing.T, text string) (script string, commands int) {
	var lines, files []string
	live := ""    // prefix of lines that need real servers
	left := false // the last command is left to runs of the tests with more seeds
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
					continue // this test is part of it
				}
				commands++
				if left = os.Getenv("LOCKLAB_SEEDS") == "" && everything.MatchString(line); left {
					continue
				}
				if live = ""; strings.Contains(line, "--world live") || strings.Contains(line, "--world both") {
					live = "[live] "
				}
				lines = append(lines, live+execLine(t, line, fails))
			}
		case "text":
			if left || strings.HasPrefix(body, "#") {
				continue // what is not run, or a transcript, which has its own golden file
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

// execLine turns a shown command into a line of a test script. The histories passed to `check`
// contain a violation, so its status is not 0.
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
