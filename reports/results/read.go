package results

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	fast "github.com/segmentio/encoding/json" // five times as fast as encoding/json on these rows

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Read reads the folders that runs have left and adds up their results. progress, if not nil, is
// called with the number of bytes read so far and the total. A last line that was cut off when its
// run was killed is left out; anything else that is wrong gives an error that says where.
func Read(ctx context.Context, folders []string, progress func(done, total int64)) (*Set, error) {
	if err := different(folders); err != nil {
		return nil, err
	}
	var total, done int64
	for _, path := range folders {
		if err := own(path); err != nil {
			return nil, err
		}
		info, err := os.Stat(filepath.Join(path, resultsFile))
		if err != nil {
			return nil, notAFolder(path, err)
		}
		total += info.Size()
	}
	s := newSum()
	for _, path := range folders {
		about, err := readAbout(path)
		if err != nil {
			return nil, err
		}
		if err := s.addRun(Run{Path: path, About: about}); err != nil {
			return nil, err
		}
		if err := s.result.readExtras(path); err != nil {
			return nil, err
		}
		rows := filepath.Join(path, resultsFile)
		err = readRows(ctx, rows, func(p *piece) error {
			for i := range p.rows {
				if history := p.rows[i].History; history != "" {
					if err := inside(path, history); err != nil {
						return err
					}
				}
				if err := s.add(&p.rows[i], path); err != nil {
					return fmt.Errorf("%s:%d: %w", rows, p.line+i, err)
				}
			}
			if done += int64(len(p.text)); progress != nil {
				progress(done, total)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return s.set(), nil
}

func notAFolder(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not the folder of a run: it has no %s; expected a folder such as out/latest, that `locklab run` has left", path, filepath.Base(pathOf(err)))
	}
	return fmt.Errorf("read the results of a run: %w", err)
}

func pathOf(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Path
	}
	return ""
}

// Bounds of what a run leaves, in bytes, far beyond what runs need: run.json has about 500 for a
// cell, and a row 3,000. The number of rows does not matter, as they are read one after the other.
const (
	maxAbout = 64 << 20
	maxRow   = 1 << 20
	maxRows  = math.MaxInt64
)

// pieceSize is how much of a file one worker decodes at a time.
const pieceSize = 1 << 18

// piece is part of a file of results, in whole lines.
type piece struct {
	text  []byte
	line  int // number of its first line
	rows  []outcome.Result
	ends  []int // where in text each of them ends
	err   error
	ready chan struct{} // closed when it has been decoded
}

// readRows decodes the lines of a file on all processors, and passes them on in order.
func readRows(ctx context.Context, path string, add func(*piece) error) error {
	file, err := files.Open(path, maxRows)
	if err != nil {
		return fmt.Errorf("read the results of a run: %w", err)
	}
	defer file.Close()
	workers := runtime.GOMAXPROCS(0)
	ctx, cancel := context.WithCancel(ctx)
	todo, inOrder := make(chan *piece, workers), make(chan *piece, 2*workers)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	for range workers {
		all.Go(func() {
			for p := range todo {
				p.decode(path)
				close(p.ready)
			}
		})
	}
	var cutting error
	all.Go(func() {
		defer close(inOrder)
		defer close(todo)
		cutting = cut(file, func(p *piece) bool {
			for _, to := range []chan *piece{inOrder, todo} {
				select {
				case to <- p:
				case <-ctx.Done():
					return false
				}
			}
			return true
		})
	})
	for p := range inOrder {
		select {
		case <-p.ready:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if p.err != nil {
			return p.err
		}
		if err := add(p); err != nil {
			return err
		}
	}
	if cutting != nil {
		return fmt.Errorf("%s: %w", path, cutting)
	}
	return ctx.Err()
}

// cut cuts a file into pieces of whole lines. It drops what follows the last line break: it was
// being written when the run was killed.
func cut(r io.Reader, hand func(*piece) bool) error {
	line := 1
	var rest []byte
	for {
		text := make([]byte, len(rest)+pieceSize)
		n, err := io.ReadFull(r, text[copy(text, rest):])
		text = text[:len(rest)+n]
		if end := bytes.LastIndexByte(text, '\n') + 1; end > 0 {
			p := &piece{text: text[:end:end], line: line, ready: make(chan struct{})}
			if !hand(p) {
				return nil
			}
			line += bytes.Count(p.text, []byte{'\n'})
			text = text[end:]
		}
		switch rest = text; {
		case len(rest) > maxRow:
			return fmt.Errorf("line %d is longer than %d bytes, expected what `locklab run` writes", line, maxRow)
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

func (p *piece) decode(path string) {
	for i, line := 0, p.line; i < len(p.text); line++ {
		end := i + bytes.IndexByte(p.text[i:], '\n')
		var r row
		err := fast.Unmarshal(p.text[i:end], &r)
		if err != nil {
			err = cmp.Or(json.Unmarshal(p.text[i:end], &r), err) // the standard library's errors say where in the line
		} else {
			err = cmp.Or(visible(p.text[i:end]), r.complete())
		}
		if err != nil {
			p.err = inFile(path, p.text[i:end], line, err)
			return
		}
		r.Result.Outcome = *r.Outcome
		p.rows = append(p.rows, r.Result)
		i = end + 1
		p.ends = append(p.ends, i)
	}
}

// measures are all that a row may have; there are few, and they are listed for each call.
var measures = check.Measures()

// row is a line of the file. A missing outcome is told apart from an empty one.
type row struct {
	outcome.Result
	Outcome *outcome.Outcome `json:"outcome"`
}

// isClient reports whether a trial can have a client of this name.
func isClient(id sim.HostID) bool {
	for i := range sim.MaxClients {
		if sim.ClientID(i) == id {
			return true
		}
	}
	return false
}

// complete says what a row lacks; nil means nothing.
func (r *row) complete() error {
	switch {
	case r.Scenario == "" || r.Backend == "" || r.Guard == "":
		return errors.New("this is no trial: it has no scenario, backend or guard")
	case r.Discipline == "":
		return errors.New("the trial does not say of which discipline its clients are: an older locklab wrote it, run it again")
	case r.World != sim.VirtualWorld && r.World != sim.LiveWorld:
		return fmt.Errorf("the trial's world is %q, neither %s nor %s", r.World, sim.VirtualWorld, sim.LiveWorld)
	case r.History != "" && path.Dir(path.Clean(filepath.ToSlash(r.History))) != HistoryDir:
		return fmt.Errorf("the trial's history is %q, expected a file in the folder %s of the run", r.History, HistoryDir)
	case r.Outcome == nil:
		return errors.New("the trial has no outcome")
	case len(r.Findings) == 0:
		return errors.New("the trial has no findings")
	}
	if err := named(r.Scenario, r.Backend, r.Guard, r.Discipline); err != nil {
		return err
	}
	for _, f := range r.Findings {
		if !f.Property.Known() {
			return fmt.Errorf("the trial has a finding of %q, which is no property", string(f.Property))
		}
		for _, client := range f.Unserved {
			if !isClient(client) {
				return fmt.Errorf("the trial has %q among the clients that were not served, which is no client", string(client))
			}
		}
	}
	for _, m := range r.Measures {
		if !slices.Contains(measures, m.Measure) {
			return fmt.Errorf("the trial has a figure of %q, which is no measure", string(m.Measure))
		}
	}
	return nil
}

// inFile says where in a JSON file something is wrong. text begins on this line.
func inFile(path string, text []byte, line int, err error) error {
	offset := int64(-1)
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = bad.Offset
	}
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = bad.Offset
	}
	if bad, ok := errors.AsType[*unseenError](err); ok {
		offset = bad.offset
	}
	column := 1
	if offset >= 0 && offset <= int64(len(text)) {
		before := text[:offset]
		line += bytes.Count(before, []byte{'\n'})
		column = max(1, len(before)-(bytes.LastIndexByte(before, '\n')+1))
	}
	return fmt.Errorf("%s:%d:%d: %w; expected what `locklab run` writes", path, line, column, err)
}
