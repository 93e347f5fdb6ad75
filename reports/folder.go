package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim/check"
)

// About says what a run was asked to do: run.json.
type About struct {
	Command []string  `json:"command"` // as typed
	Version string    `json:"version"` // of locklab
	Go      string    `json:"go"`      // release that built it
	Started time.Time `json:"started"`
	World   string    `json:"world"`
	Seeds   string    `json:"seeds"`
	Trials  int       `json:"trials"`
}

// Folder is what a run leaves on disk. A row is written as soon as its trial is judged,
// so a killed run keeps every finished trial.
type Folder struct {
	Path    string
	results *os.File
	kept    []Kept
	perCell map[string]int // histories kept of each cell; only ever looked up
}

// Kept is a trial whose history was kept.
type Kept struct {
	Name   string // of its files, without folder and ending
	Judged scenarios.Judged
	// Telling is set for one trial of each scenario, the one whose picture says most.
	Telling bool
}

// maxKept bounds how many histories of one cell are kept.
const maxKept = 5

// NewFolder makes out/<run> and lets out/latest point to it. Two runs never share a
// folder.
func NewFolder(out string, about About) (*Folder, error) {
	name := about.Started.Format("2006-01-02T15-04-05")
	path := filepath.Join(out, name)
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for results: %w", err)
	}
	for n := 2; ; n++ {
		err := os.Mkdir(path, 0o755)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("make the folder for results: %w", err)
		}
		path = filepath.Join(out, fmt.Sprintf("%s-%d", name, n))
	}
	f := &Folder{Path: path, perCell: map[string]int{}}
	for _, sub := range []string{"histories", "charts"} {
		if err := os.Mkdir(filepath.Join(path, sub), 0o755); err != nil {
			return nil, fmt.Errorf("make the folder for results: %w", err)
		}
	}
	text, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("describe the run: %w", err)
	}
	if err := os.WriteFile(filepath.Join(path, "run.json"), append(text, '\n'), 0o644); err != nil {
		return nil, fmt.Errorf("describe the run: %w", err)
	}
	if f.results, err = os.Create(filepath.Join(path, "results.jsonl")); err != nil {
		return nil, fmt.Errorf("open the list of results: %w", err)
	}
	return f, pointLatest(out, filepath.Base(path))
}

// pointLatest makes out/latest a link to the run, at no moment leaving it missing.
func pointLatest(out, run string) error {
	fresh := filepath.Join(out, ".latest-"+run)
	if err := os.Symlink(run, fresh); err != nil {
		return fmt.Errorf("point %s to this run: %w", filepath.Join(out, "latest"), err)
	}
	if err := os.Rename(fresh, filepath.Join(out, "latest")); err != nil {
		_ = os.Remove(fresh)
		return fmt.Errorf("point %s to this run (is there something of that name that is not a link?): %w", filepath.Join(out, "latest"), err)
	}
	return nil
}

// Add writes the trial's row, and its history when that is worth keeping: the first of
// each cell, and those that are not as expected.
func (f *Folder) Add(j *scenarios.Judged) error {
	r := &j.Result
	cell := strings.Join([]string{r.Scenario, r.Backend, r.Guard, r.World}, " ")
	if n := f.perCell[cell]; j.History != nil && (n == 0 || r.Outcome != scenarios.AsExpected && n < maxKept) {
		f.perCell[cell]++
		name := fileName(*r)
		r.History = filepath.Join("histories", name+".jsonl")
		if err := f.writeHistory(*j); err != nil {
			return err
		}
		f.kept = append(f.kept, Kept{Name: name, Judged: *j})
	}
	row, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the result of %s: %w", cell, err)
	}
	if _, err := f.results.Write(append(row, '\n')); err != nil {
		return fmt.Errorf("write the result of %s: %w", cell, err)
	}
	return nil
}

// fileName makes a name of a trial that every file system takes.
func fileName(r scenarios.Result) string {
	name := fmt.Sprintf("%s.%s.%s.%s.seed-%d", r.Scenario, r.Backend, r.Guard, r.World, r.Seed)
	return strings.Map(func(c rune) rune {
		if c == '/' || c == '=' || c == ' ' {
			return '_'
		}
		return c
	}, name)
}

func (f *Folder) writeHistory(j scenarios.Judged) error {
	file, err := os.Create(filepath.Join(f.Path, j.Result.History))
	if err != nil {
		return fmt.Errorf("keep a history: %w", err)
	}
	if err := errors.Join(j.History.Write(file), file.Close()); err != nil {
		return fmt.Errorf("keep a history: %w", err)
	}
	return nil
}

// Kept lists the trials whose histories were kept, in the order of the run.
func (f *Folder) Kept() []Kept {
	kept := slices.Clone(f.kept)
	for from := 0; from < len(kept); {
		to := from + 1
		for to < len(kept) && kept[to].Judged.Result.Scenario == kept[from].Judged.Result.Scenario {
			to++
		}
		MostTelling(kept[from:to]).Telling = true
		from = to
	}
	return kept
}

// Draw draws the timeline of a kept trial as SVG. To make a PNG takes ten times as long, so
// there is one for each scenario, and for all that is not as expected.
func (f *Folder) Draw(k Kept) error {
	figure, err := timeline.Timeline(k.Judged.History, k.Judged.Result.Findings)
	if err != nil {
		return fmt.Errorf("draw the timeline of %s: %w", k.Name, err)
	}
	base := filepath.Join(f.Path, "charts", k.Name)
	if k.Telling || k.Judged.Result.Outcome != scenarios.AsExpected {
		if err := figure.SavePNG(base + ".png"); err != nil {
			return err
		}
	}
	return figure.SaveSVG(base + ".svg")
}

// Close ends the list of results.
func (f *Folder) Close() error {
	if err := f.results.Close(); err != nil {
		return fmt.Errorf("close the list of results: %w", err)
	}
	return nil
}

// MostTelling gives the kept trial whose picture says most: the first in which a lock
// service was there, something went wrong, and a withdrawal was lost; else the first with
// a lost withdrawal, else the first of all; nil when none was kept.
func MostTelling(kept []Kept) *Kept {
	var lost, best *Kept
	for i := range kept {
		k := &kept[i]
		if k.Judged.Result.Finding(check.LostUpdate).Verdict != check.Violated {
			continue
		}
		if lost == nil {
			lost = k
		}
		if h := k.Judged.History.Header; best == nil && len(h.Servers) > 0 && len(h.Faults) > 0 {
			best = k
		}
	}
	switch {
	case best != nil:
		return best
	case lost != nil:
		return lost
	case len(kept) > 0:
		return &kept[0]
	}
	return nil
}
