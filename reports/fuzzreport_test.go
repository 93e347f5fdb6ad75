package reports

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/datasheet"
	"github.com/locklab/locklab/reports/internal/charts"
	"github.com/locklab/locklab/reports/internal/page"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/margin"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// ran runs a few trials and a few points of a sweep, and returns the files that the run left.
func ran(f *testing.F) map[string]string {
	f.Helper()
	known := script.Everything()
	var chosen []*script.Scenario
	for _, name := range []string{"gc-pause", "uncontended"} {
		s, err := scenarios.Find(name, known)
		if err != nil {
			f.Fatal(err)
		}
		chosen = append(chosen, s)
	}
	trials, err := trial.Selection{Backends: []string{"redis", "none"}, Guards: []string{"none"}, World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 2}}.Trials(chosen)
	if err != nil {
		f.Fatal(err)
	}
	can, cannot := trial.Available(trials)
	folder, err := results.NewFolder(f.TempDir(), results.About{
		Command: []string{"locklab", "run"}, Version: "v1", Started: time.Unix(1, 0).UTC(), World: sim.VirtualWorld, Seeds: "2",
		Trials: len(can), Scenarios: trial.Cards(can, cannot),
	})
	if err != nil {
		f.Fatal(err)
	}
	run := func(ctx context.Context, t trial.Trial) (*sim.History, error) { return t.Simulate(ctx) }
	if err := trial.RunAll(f.Context(), slices.Values(can), 1, run, folder.Add); err != nil {
		f.Fatal(err)
	}
	pause, err := sweep.Find("pause", known)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := RunSweeps(f.Context(), []*sweep.Sweep{pause}, outcome.Seeds{First: 1, Last: 1}, trial.Shard{}, 1, folder.Path, func(sweep.Point) {}); err != nil {
		f.Fatal(err)
	}
	faults, err := scenarios.Battery(known)
	if err != nil {
		f.Fatal(err)
	}
	at := slices.IndexFunc(faults, func(s *script.Scenario) bool { return s.Name == "battery-holder-paused" })
	plan := margin.Plan{Faults: faults[at : at+1], Setups: []margin.Setup{{
		Backend: "redis", Guard: "none", Discipline: "attentive", TTL: 5 * time.Second, Think: 4 * time.Second, Seeds: outcome.Seeds{First: 1, Last: 1},
	}}}
	if _, err := RunMargins(f.Context(), plan, 1, folder.Path, func(margin.Sheet) {}); err != nil {
		f.Fatal(err)
	}
	if err := folder.AddClaims([]results.Claim{{Source: "Somebody", ID: "K1", Says: "It is so.", Verdict: "confirmed", Figures: []string{"1 s"}}}); err != nil {
		f.Fatal(err)
	}
	if err := folder.Close(); err != nil {
		f.Fatal(err)
	}
	left := map[string]string{}
	for _, name := range reported {
		text, err := os.ReadFile(filepath.Join(folder.Path, name))
		if err != nil {
			f.Fatal(err)
		}
		left[name] = string(text)
	}
	return left
}

// reported lists the files in a run's folder that report reads.
var reported = [...]string{"run.json", "results.jsonl", results.SweepsFile, results.ClaimsFile, results.MarginsFile}

// FuzzReport checks that, whatever is in a run's folder, report either says which file is wrong
// or adds up the results, writes them in each format, and writes its page. The histories are not
// there.
func FuzzReport(f *testing.F) {
	left := ran(f)
	add := func(changed, old, fresh string) {
		var files [len(reported)]string
		for i, name := range reported {
			files[i] = left[name]
			if name == changed {
				files[i] = strings.ReplaceAll(files[i], old, fresh)
			}
		}
		f.Add(files[0], files[1], files[2], files[3], files[4])
	}
	add("", "", "")
	add("run.json", `"cells"`, `"cell"`)
	add("run.json", `"virtual"`, `"live"`)
	add("results.jsonl", `"holds"`, `"undecided"`)
	add("results.jsonl", `"redis"`, `"red\u0000is<b>"`)
	add("results.jsonl", `"measure":"wait"`, `"measure":"nothing"`)
	add("results.jsonl", `"evidence":[`, `"evidence":[-1,99999999,`)
	add(results.SweepsFile, `"x":`, `"x":1e300`)
	add(results.ClaimsFile, `"confirmed"`, `"contradicted"`)
	add(results.MarginsFile, `"with":`, `"with":1e300`)
	add(results.MarginsFile, `"unit":"ttl"`, `"unit":"share"`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, about, rows, sweeps, claims, margins string) {
		for i, text := range []string{about, rows, sweeps, claims, margins} {
			if err := os.WriteFile(filepath.Join(dir, reported[i]), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		set, err := results.Read(t.Context(), []string{dir}, nil)
		if err != nil {
			if !strings.Contains(err.Error(), dir) {
				t.Errorf("the error does not say where: %v", err)
			}
			return
		}
		for _, format := range typeset.Formats() {
			options := typeset.Options{Format: format, Columns: 80}
			if err := terminal.Cells(io.Discard, set.Cells, set.Cards, options); err != nil {
				t.Errorf("table as %v: %v", format, err)
			}
			if err := terminal.Agreement(io.Discard, outcome.Agreements(set.Cells), options); err != nil {
				t.Errorf("agreement as %v: %v", format, err)
			}
		}
		for _, r := range set.Surprises {
			r.Replay("")
		}
		for _, s := range set.Sweeps {
			if err := terminal.Sweep(io.Discard, s); err != nil {
				t.Errorf("sweep: %v", err)
			}
			picture(t, charts.Sweep(s))
		}
		if err := datasheet.Write(io.Discard, set.Datasheets, typeset.Options{Columns: 80}); err != nil {
			t.Errorf("datasheets: %v", err)
		}
		if figure := charts.Margins(set.Datasheets); figure != nil {
			picture(t, figure)
		}
		content := page.Content{Title: "locklab", Set: set, NoCharts: charts.Missing(set)}
		content.Headline, content.Remarks = terminal.Headline(set)
		for _, c := range charts.All(set) {
			content.Charts = append(content.Charts, page.Chart{Name: c.Name, Title: c.Title, Caption: c.Caption, SVG: picture(t, c.Figure)})
		}
		if err := page.Write(io.Discard, content); err != nil {
			t.Errorf("page: %v", err)
		}
	})
}
