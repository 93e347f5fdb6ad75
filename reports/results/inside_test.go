package results

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/check"
)

// A folder may come from somebody else: its text is shown at terminals, files are named after its
// names, and the files that it names are read.
func TestAFolderThatMeansHarmIsRefusedWithThePlace(t *testing.T) {
	const escape = `\u001b[2J`
	for want, folder := range map[string]string{
		"results.jsonl:1:324: the control character U+001B": edited(t, resultsFile, `"it was overwritten`, `"it was `+escape),
		"run.json:1:": made(t, aboutFile, `{"started":"2026-11-01T00:00:00Z","version":"`+escape+`"}`),
		"run.json:2:2: the invisible character U+202E":    made(t, aboutFile, "{\"started\":\"2026-11-01T00:00:00Z\",\n\"\u202e\":1}"),
		"a cell's world is \"../x\"":                      made(t, aboutFile, `{"started":"2026-11-01T00:00:00Z","scenarios":[{"scenario":"a","cells":[{"world":"../x"}]}]}`),
		"the scenario is called \"a/../b\"":               made(t, aboutFile, `{"started":"2026-11-01T00:00:00Z","scenarios":[{"scenario":"a/../b"}]}`),
		"claims.json:1:14: the control character U+001B":  made(t, ClaimsFile, `[{"source":"a`+escape+`"}]`),
		"sweeps.jsonl:1:19: the control character U+001B": made(t, SweepsFile, `{"sweep":{"name":"`+escape+`"}}`+"\n"),
		"needs a name made of lower-case letters":         made(t, SweepsFile, `{"sweep":{"name":"../../x"}}`+"\n"),
		`the trial's history is "/etc/passwd"`:            edited(t, resultsFile, `"histories/`, `"/etc/passwd","x":"`),
		`the trial's history is "histories/../../x`:       edited(t, resultsFile, `"histories/`, `"histories/../../x`),
		`"redis\nall is well" is no name`:                 edited(t, resultsFile, `"redis"`, `"redis\nall is well"`),
		`the scenario is called "../up"`:                  edited(t, resultsFile, `"failover"`, `"../up"`),
	} {
		if _, err := Read(t.Context(), []string{folder}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want an error that says %q", err, want)
		}
	}
}

// made is the folder of a run with one file replaced.
func made(t *testing.T, file, text string) string {
	t.Helper()
	f := filled(t)
	if err := os.WriteFile(filepath.Join(f.Path, file), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return f.Path
}

func TestALinkThatLeadsOutOfTheFolderIsNotFollowed(t *testing.T) {
	for _, name := range []string{aboutFile, resultsFile, SweepsFile, ClaimsFile, HistoryDir} {
		f := filled(t)
		path, outside := filepath.Join(f.Path, name), filepath.Join(t.TempDir(), "outside")
		if err := os.Rename(path, outside); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if err := os.Symlink(outside, path); err != nil {
			t.Skip(err)
		}
		if _, err := Read(t.Context(), []string{f.Path}, nil); err == nil || !strings.Contains(err.Error(), "is a link that leads out of the folder") {
			t.Errorf("%s is a link to somewhere else: %v", name, err)
		}
	}
}

// What a server has said, or the name of a file, is written out so that it can be read back.
func TestWhatIsWrittenCanBeReadBackWhateverServersSay(t *testing.T) {
	f, err := NewFolder(t.TempDir(), About{Command: []string{"locklab", "run", "a\x1b.yaml"}, Started: filled(t).Set().Runs[0].Started})
	if err != nil {
		t.Fatal(err)
	}
	r := outcome.Result{
		Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: "live", Seed: 1, Outcome: outcome.Undecided,
		Surprises: []string{"it printed \x1b[31mred\u202e\x7f"}, Findings: []check.Finding{{Property: check.Overlap}},
	}
	if err := errors.Join(f.Add(trial.Judged{Result: r}), f.AddClaims([]Claim{{Source: "\x1b"}}), f.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := Read(t.Context(), []string{f.Path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Surprises[0].Surprises[0], `it printed \x1b[31mred\u202e\x7f`; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}
