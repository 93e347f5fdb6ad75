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

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/plaintext"
)

// The files in a run's folder.
const (
	aboutFile   = "run.json"
	resultsFile = "results.jsonl"
	HistoryDir  = "histories"
	chartsDir   = "charts"
)

// Folder is what a run leaves on disk. A row is written as soon as its trial is judged, so a killed
// run keeps every finished trial.
type Folder struct {
	Path string
	rows *os.File
	sum  *sum
	keep keeper
}

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
	f := &Folder{Path: path, keep: newKeeper(about), sum: newSum()}
	if err := f.sum.addRun(Run{Path: path, About: about}); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	for _, sub := range []string{HistoryDir, chartsDir} {
		if err := os.Mkdir(filepath.Join(path, sub), 0o755); err != nil {
			return nil, fmt.Errorf("make the folder for results: %w", err)
		}
	}
	if err := about.write(path); err != nil {
		return nil, err
	}
	rows, err := os.OpenFile(filepath.Join(path, resultsFile), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err == nil {
		err = lock(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("open the list of results: %w", err)
	}
	f.rows = rows
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

// Add writes the trial's row, and its history if that is worth keeping.
func (f *Folder) Add(j trial.Judged) error {
	r := &j.Result
	if f.keep.keeps(f.sum.result.Card(r.Scenario), r, j.History != nil) {
		r.History = filepath.Join(HistoryDir, r.ID()+".jsonl")
		if err := f.writeHistory(j); err != nil {
			return err
		}
	} else {
		withoutHistory(r)
	}
	row, err := rowOf(r)
	if err == nil {
		_, err = f.rows.Write(row)
	}
	if err != nil {
		return fmt.Errorf("write the result of %s: %w", r.Cell(), err)
	}
	return f.sum.add(r, f.Path)
}

// rowOf returns the row of a trial.
func rowOf(r *outcome.Result) ([]byte, error) {
	row, err := json.Marshal(r)
	return append(plaintext.VisibleJSON(row), '\n'), err
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

// writeHistory keeps a history. In the virtual world that is without the messages: they would be nine
// tenths of the folder, and the trial brings them forth again when somebody wants to see them.
func (f *Folder) writeHistory(j trial.Judged) error {
	history := *j.History
	if history.Header.World == sim.VirtualWorld {
		history.Messages = nil
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
