package script

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/strict"
)

// badScript is a script with a mistake, and the full error that explains it.
type badScript struct {
	theme, name string // the archive, and the case in it
	src         []byte
	want        string // empty: not written yet
}

// badScripts reads the archives testdata/bad/THEME.txtar. In them, the script NAME.yaml is followed
// by its error, NAME.txt. A new case needs only the script; -update writes the error.
func badScripts(t testing.TB) (all []badScript) {
	t.Helper()
	archives, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives of bad scripts (%v)", err)
	}
	seen := map[string]string{} // theme by name
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		theme := strings.TrimSuffix(filepath.Base(path), ".txtar")
		for _, file := range archive.Files {
			if name, is := strings.CutSuffix(file.Name, ".yaml"); is {
				if other, twice := seen[name]; twice {
					t.Fatalf("%s: the case %s stands here, and in %s", path, name, other)
				}
				seen[name] = theme
				all = append(all, badScript{theme: theme, name: name, src: file.Data})
				continue
			}
			last := len(all) - 1
			if last < 0 || all[last].theme != theme || file.Name != all[last].name+".txt" || all[last].want != "" {
				t.Fatalf("%s: found %s; expected NAME.yaml, or the NAME.txt of the script right before it", path, file.Name)
			}
			all[last].want = string(file.Data)
		}
	}
	return all
}

// writeBadScripts rewrites the archives.
func writeBadScripts(t *testing.T, all []badScript) {
	t.Helper()
	for i := 0; i < len(all); {
		var archive txtar.Archive
		theme := all[i].theme
		for ; i < len(all) && all[i].theme == theme; i++ {
			archive.Files = append(archive.Files, txtar.File{Name: all[i].name + ".yaml", Data: all[i].src})
			if all[i].want != "" {
				archive.Files = append(archive.Files, txtar.File{Name: all[i].name + ".txt", Data: []byte(all[i].want)})
			}
		}
		if err := os.WriteFile("testdata/bad/"+theme+".txtar", txtar.Format(&archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBadScriptsAreExplained loads every bad script and compares the full error with the one kept
// beside it.
func TestBadScriptsAreExplained(t *testing.T) {
	all := badScripts(t)
	if len(all) < 200 {
		t.Fatalf("found %d bad scripts, want at least 200", len(all))
	}
	for i := range all {
		c := &all[i]
		t.Run(c.theme+"/"+c.name, func(t *testing.T) {
			_, err := Load(c.name+".yaml", c.src, known())
			var bad *strict.Error
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, want a *strict.Error", err)
			}
			if lines := strings.Split(string(c.src), "\n"); strings.TrimRight(lines[bad.Line-1], "\r") != bad.Text {
				t.Errorf("the error shows %q as line %d, the file has %q there", bad.Text, bad.Line, lines[bad.Line-1])
			}
			if bad.Expected == "" {
				t.Error("the error does not say what was expected")
			}
			got := err.Error() + "\n"
			if scripttest.Update() {
				c.want = got
			}
			if got != c.want {
				t.Errorf("testdata/bad/%s.txtar says otherwise of %s; run the test with -update if this is right\ngot:\n%s\nwant:\n%s", c.theme, c.name, got, c.want)
			}
		})
	}
	if scripttest.Update() {
		writeBadScripts(t, all)
	}
}
