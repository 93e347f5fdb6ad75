package results

import (
	"bufio"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/locklab/locklab/reports/files"
)

// Merge puts the shards of a run together: it makes a folder like the one that the whole run would
// have left, and adds up its results. Shards may be missing or not finished. progress, if not nil, is
// called with the number of bytes read and the total.
func Merge(ctx context.Context, folders []string, into string, progress func(done, total int64)) (*Set, error) {
	parts, err := findShards(folders)
	if err != nil {
		return nil, err
	}
	about := parts.whole()
	if err := makeRoom(into); err != nil {
		return nil, fmt.Errorf("put shards together in %s: %w", into, err)
	}
	m := &merger{parts: parts, into: into, keep: newKeeper(about), sum: newSum()}
	if err := m.sum.addRun(Run{Path: into, About: about, Missing: parts.missing}); err != nil {
		return nil, err
	}
	err = files.Write(filepath.Join(into, resultsFile), func(w io.Writer) error {
		rows := bufio.NewWriter(w)
		return errors.Join(m.rows(ctx, rows, progress), rows.Flush())
	})
	if err == nil {
		err = m.extras()
	}
	if err == nil {
		err = about.write(into)
	}
	if err != nil {
		return nil, err
	}
	return m.sum.set(), nil
}

var errHasResults = errors.New("it has the results of a run, which would be lost: choose another folder with --out")

// makeRoom makes a folder for merged results. It removes earlier ones of that kind, and refuses any
// other results.
func makeRoom(into string) error {
	if err := os.MkdirAll(filepath.Join(into, HistoryDir), 0o755); err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(into, resultsFile)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if about, err := ReadAbout(into); err != nil || about.Shards == 0 {
		return errHasResults
	}
	if err := tidy(into, nil); err != nil {
		return err
	}
	for _, name := range []string{resultsFile, SweepsFile, ClaimsFile} {
		if err := os.Remove(filepath.Join(into, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// merger puts the parts of a run together.
type merger struct {
	parts *shards
	into  string
	keep  keeper
	sum   *sum
}

// rows writes the rows of all shards in the order in which the whole run would have.
func (m *merger) rows(ctx context.Context, w io.Writer, progress func(done, total int64)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	order := newOrder(m.sum.result.Cards)
	var heads heads
	for i, folder := range m.parts.folders {
		s := readShard(ctx, i, filepath.Join(folder, resultsFile), len(m.parts.folders))
		defer s.wait()
		defer cancel()
		if more, err := s.next(order); err != nil {
			return err
		} else if more {
			heads = append(heads, s)
		}
	}
	total, err := m.size()
	if err != nil {
		return err
	}
	heap.Init(&heads)
	done := int64(0)
	for len(heads) > 0 {
		s := heads[0]
		if err := m.add(w, s); err != nil {
			return err
		}
		if done += int64(len(s.row.text)); progress != nil {
			progress(done, total)
		}
		if more, err := s.next(order); err != nil {
			return err
		} else if more {
			heap.Fix(&heads, 0)
		} else {
			heap.Pop(&heads)
		}
	}
	return ctx.Err()
}

func (m *merger) size() (total int64, err error) {
	for _, folder := range m.parts.folders {
		info, err := os.Stat(filepath.Join(folder, resultsFile))
		if err != nil {
			return 0, notAFolder(folder, err)
		}
		total += info.Size()
	}
	return total, nil
}

// add adds the next row of a shard. Its history stays if the whole run would have kept it.
func (m *merger) add(w io.Writer, s *shardRows) error {
	r, text := &s.row.result, s.row.text
	folder := m.parts.folders[s.index]
	keeps := m.keep.keeps(m.sum.result.Card(r.Scenario), r, r.History != "")
	switch {
	case keeps:
		if err := m.copyHistory(folder, r.History); err != nil {
			return err
		}
	case r.History != "":
		withoutHistory(r)
		var err error
		if text, err = rowOf(r); err != nil {
			return fmt.Errorf("write the result of %s: %w", r.Cell(), err)
		}
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := m.sum.add(r, m.into); err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	return nil
}

func (m *merger) copyHistory(folder, name string) error {
	if err := inside(folder, name); err != nil {
		return err
	}
	from, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return fmt.Errorf("keep a history: %w", err)
	}
	defer from.Close()
	err = files.Write(filepath.Join(m.into, name), func(w io.Writer) error {
		_, err := io.Copy(w, from)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a history: %w", err)
	}
	return nil
}
