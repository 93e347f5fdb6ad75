package results

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

var errRunning = errors.New("the run is still going on: wait for its end, or end it")

// Resume opens the folder of a run that has ended early, to go on with it. about is what the same
// command would run now, and trials are all of its trials, in order. It returns those that are still
// to be run. progress, if not nil, is called with the number of bytes read and the total.
//
// What was written last may be half a row, which is cut off. An interrupted run has also written
// virtual trials before their turn. If all trials are virtual, they are cut off and run again, so that
// the rows are those of a run that was not interrupted.
func Resume(ctx context.Context, path string, about About, trials iter.Seq[trial.Trial], progress func(done, total int64)) (*Folder, iter.Seq[trial.Trial], error) {
	path, err := filepath.EvalSymlinks(path) // out/latest may lead elsewhere soon
	if err != nil {
		return nil, nil, notAFolder(path, err)
	}
	was, err := ReadAbout(path)
	if err != nil {
		return nil, nil, err
	}
	if problem := was.resumable(&about); problem != "" {
		return nil, nil, fmt.Errorf("%s cannot be resumed: %s; run it anew", path, problem)
	}
	rows, err := os.OpenFile(filepath.Join(path, resultsFile), os.O_RDWR, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("go on with a run: %w", err)
	}
	f := &Folder{Path: path, rows: rows, keep: newKeeper(was), sum: newSum()}
	var left iter.Seq[trial.Trial]
	if err = lock(rows); err == nil {
		left, err = f.takeUp(ctx, was, trials, progress)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("go on with %s: %w", path, err), rows.Close())
	}
	return f, left, nil
}

// resumable says why a run cannot be gone on with as what it would be now; empty: it can.
func (a *About) resumable(now *About) string {
	switch {
	case a.Shards > 0:
		return "it was merged from shards; resume the shard that is not finished, and merge them again"
	case a.Shard == nil != (now.Shard == nil), a.Shard != nil && *a.Shard != *now.Shard:
		return "it is another shard"
	}
	return a.differs(now)
}

// takeUp adds up the rows of the run so far, cuts off what is not to stay, and removes what was
// written for it.
func (f *Folder) takeUp(ctx context.Context, about About, trials iter.Seq[trial.Trial], progress func(done, total int64)) (iter.Seq[trial.Trial], error) {
	if err := f.sum.addRun(Run{Path: f.Path, About: about}); err != nil {
		return nil, err
	}
	found := newFinder(trials, about.World)
	defer found.stop()
	info, err := f.rows.Stat()
	if err != nil {
		return nil, err
	}
	stays, dropped, at := int64(0), 0, int64(0)
	path := filepath.Join(f.Path, resultsFile)
	err = readRows(ctx, path, func(p *piece) error {
		for i := range p.rows {
			r := &p.rows[i]
			if dropped > 0 || !found.take(r) {
				if dropped++; dropped > trial.MostWaiting {
					return fmt.Errorf("%s:%d: this trial is none of the run's, or not in its order: another locklab wrote it; run it anew", path, p.line+i)
				}
				continue
			}
			stays = at + int64(p.ends[i])
			f.keep.keeps(f.sum.result.Card(r.Scenario), r, r.History != "")
			if err := f.sum.add(r, f.Path); err != nil {
				return fmt.Errorf("%s:%d: %w", path, p.line+i, err)
			}
		}
		if at += int64(len(p.text)); progress != nil {
			progress(at, info.Size())
		}
		return nil
	})
	if err == nil {
		err = f.rows.Truncate(stays)
	}
	if err == nil {
		_, err = f.rows.Seek(stays, 0)
	}
	if err == nil {
		err = tidy(f.Path, f.sum.result.Kept)
	}
	if err != nil {
		return nil, err
	}
	if f.HasClaims() { // otherwise the sweeps are run from their beginning
		err = f.sum.result.readExtras(f.Path)
	}
	return found.left(trials), err
}

// finder finds the trials that a run has finished. If some are live, rows are in any order; otherwise
// they are in that of the trials.
type finder struct {
	done map[found]bool // of a run with live trials; only ever looked up
	next func() (trial.Trial, bool)
	stop func()
	n    int // how many were found of a run without
}

// found identifies a trial in a run.
type found struct {
	cell outcome.CellName
	seed uint64
}

func newFinder(trials iter.Seq[trial.Trial], world string) *finder {
	f := &finder{}
	f.next, f.stop = iter.Pull(trials)
	if world != sim.VirtualWorld {
		f.done = map[found]bool{}
	}
	return f
}

// take takes a row, and reports whether it stays.
func (f *finder) take(r *outcome.Result) bool {
	if f.done != nil {
		f.done[found{r.Cell(), r.Seed}] = true
		return true
	}
	t, more := f.next()
	if !more || t.Seed != r.Seed || t.Cell() != r.Cell() {
		return false
	}
	f.n++
	return true
}

// left returns the trials that were not found.
func (f *finder) left(trials iter.Seq[trial.Trial]) iter.Seq[trial.Trial] {
	return func(yield func(trial.Trial) bool) {
		k := 0
		for t := range trials {
			if k++; k <= f.n || f.done[found{t.Cell(), t.Seed}] {
				continue
			}
			if !yield(t) {
				return
			}
		}
	}
}

// tidy removes from a run's folder the histories that are not kept, and all timelines, which are drawn
// anew: fewer of them may be drawn as PNG then.
func tidy(folder string, kept []Kept) error {
	names := map[string]bool{}
	for _, k := range kept {
		names[filepath.Base(k.Path)] = true
	}
	histories, err := os.ReadDir(filepath.Join(folder, HistoryDir))
	if err != nil {
		return err
	}
	for _, h := range histories {
		name := h.Name()
		if !h.Type().IsRegular() {
			continue
		}
		if !names[name] {
			err = errors.Join(err, os.Remove(filepath.Join(folder, HistoryDir, name)))
		}
		for _, ending := range []string{".svg", ".png"} {
			_ = os.Remove(filepath.Join(folder, chartsDir, strings.TrimSuffix(name, ".jsonl")+ending)) // most are not there
		}
	}
	return err
}

// Finished returns how many trials the run has finished.
func (f *Folder) Finished() int { return f.sum.result.Runs[0].Finished }

// HasClaims reports whether the claims were weighed, which a run of everything does last.
func (f *Folder) HasClaims() bool { return exists(f.Path, ClaimsFile) }
