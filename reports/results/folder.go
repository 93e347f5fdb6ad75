// Package results keeps the results of runs: it writes the folder that a run leaves, reads such
// folders back, and adds up their trials.
package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/plaintext"
)

// About is what a run was asked to do: run.json.
type About struct {
	Command   []string       `json:"command"` // as typed
	Version   string         `json:"version"` // of locklab
	Go        string         `json:"go"`      // release that built it
	Started   time.Time      `json:"started"`
	World     string         `json:"world"`
	Seeds     string         `json:"seeds"`
	Trials    int            `json:"trials"`    // requested and possible
	Scenarios []outcome.Card `json:"scenarios"` // with the requested cells
}

// The files in a run's folder.
const (
	aboutFile   = "run.json"
	resultsFile = "results.jsonl"
	HistoryDir  = "histories"
)

// Folder is what a run leaves on disk. A row is written as soon as its trial is judged, so a killed
// run keeps every finished trial.
type Folder struct {
	Path string
	rows *os.File
	sum  *sum
	kept map[outcome.CellName]int // histories kept of each cell; only ever looked up
	// Keep is how many histories of each cell are kept whatever their outcome; up to MaxKept more
	// are kept if Add has a reason. 0 means one.
	Keep int
	// chance has the cells and properties for which a trial was kept that shows an outcome expected
	// only in some trials.
	chance map[cellProperty]bool
}

// MaxKept bounds how many histories of one cell are kept, unless more are asked for.
const MaxKept = 5

// NewFolder makes out/<run> and points out/latest to it; if it cannot, nothing is made. Two runs
// never share a folder.
func NewFolder(out string, about About) (*Folder, error) {
	latest := filepath.Join(out, "latest")
	if info, err := os.Lstat(latest); err == nil && info.Mode()&fs.ModeSymlink == 0 {
		return nil, fmt.Errorf("%s is not a link, expected nothing there or a link to the newest run: move it away, or choose another folder for results", latest)
	}
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
	f := &Folder{Path: path, kept: map[outcome.CellName]int{}, chance: map[cellProperty]bool{}, sum: newSum()}
	if err := f.sum.addRun(Run{Path: path, About: about}); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	for _, sub := range []string{HistoryDir, "charts"} {
		if err := os.Mkdir(filepath.Join(path, sub), 0o755); err != nil {
			return nil, fmt.Errorf("make the folder for results: %w", err)
		}
	}
	text, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("describe the run: %w", err)
	}
	if err := files.WriteBytes(filepath.Join(path, aboutFile), append(plaintext.VisibleJSON(text), '\n')); err != nil {
		return nil, fmt.Errorf("describe the run: %w", err)
	}
	if f.rows, err = os.Create(filepath.Join(path, resultsFile)); err != nil {
		return nil, fmt.Errorf("open the list of results: %w", err)
	}
	return f, pointLatest(out, filepath.Base(path))
}

// pointLatest makes out/latest a link to the run. The link is never missing in between.
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

// Add writes the trial's row, and its history if that is worth keeping: the first of each cell, as
// many as were asked for, the first that shows what theory expects in some trials, and those that
// are not as expected. If a trial is no surprise and its history is not kept, its row has the
// verdicts without the reasons, which are for readers of that history.
func (f *Folder) Add(j trial.Judged) error {
	r := &j.Result
	cell := r.Cell()
	n := f.kept[cell]
	byChance := f.byChance(cell, r)
	if j.History != nil && (n < max(1, f.Keep) || n < f.Keep+MaxKept && (byChance || r.Outcome.Surprising())) {
		f.kept[cell]++
		r.History = filepath.Join(HistoryDir, r.ID()+".jsonl")
		if err := f.writeHistory(j); err != nil {
			return err
		}
	} else if !r.Outcome.Surprising() {
		r.Findings = bare(r.Findings)
	}
	row, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the result of %s: %w", cell, err)
	}
	if _, err := f.rows.Write(append(plaintext.VisibleJSON(row), '\n')); err != nil {
		return fmt.Errorf("write the result of %s: %w", cell, err)
	}
	return f.sum.add(r, f.Path)
}

// cellProperty is one property of a cell.
type cellProperty struct {
	cell     outcome.CellName
	property check.Property
}

// byChance reports whether a trial is the first of its cell to show an outcome that is expected
// only in some trials: without it there would be no picture of that.
func (f *Folder) byChance(cell outcome.CellName, r *outcome.Result) (first bool) {
	card := f.sum.result.Card(r.Scenario)
	if card == nil {
		return false
	}
	for _, e := range cellOf(card, r).Expect {
		if id := (cellProperty{cell, e.Property}); e.Sometimes && !f.chance[id] && r.Finding(e.Property).Verdict == check.Violated {
			f.chance[id], first = true, true
		}
	}
	return first
}

// bare keeps only the verdicts and whom they are about.
func bare(findings []check.Finding) []check.Finding {
	out := make([]check.Finding, len(findings))
	for i, f := range findings {
		out[i] = check.Finding{Property: f.Property, Verdict: f.Verdict, Unserved: f.Unserved}
	}
	return out
}

// AddSweeps adds sweeps whose points have been written.
func (f *Folder) AddSweeps(sweeps []sweep.Result) {
	f.sum.result.Sweeps = append(f.sum.result.Sweeps, sweeps...)
}

// AddClaims writes the trials' verdicts on the claims.
func (f *Folder) AddClaims(claims []Claim) error {
	f.sum.result.Claims = claims
	return writeClaims(f.Path, claims)
}

// Set returns what has been found so far.
func (f *Folder) Set() *Set { return f.sum.set() }

func (f *Folder) writeHistory(j trial.Judged) error {
	history, err := j.Recorded()
	if err != nil {
		return fmt.Errorf("keep a history: %w", err)
	}
	if err := files.Write(filepath.Join(f.Path, j.Result.History), history.Write); err != nil {
		return fmt.Errorf("keep a history: %w", err)
	}
	return nil
}

// Close ends the list of results.
func (f *Folder) Close() error {
	if err := f.rows.Close(); err != nil {
		return fmt.Errorf("close the list of results: %w", err)
	}
	return nil
}
