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
	"os"
	"path/filepath"
	"runtime"
	"sync"

	fast "github.com/segmentio/encoding/json" // five times as fast as encoding/json on these rows

	"github.com/locklab/locklab/scenarios"
)

// Read reads the folders that runs have left and adds up what they found. progress, if not
// nil, is told how much of how many bytes has been read. A last line that was cut off when
// its run was killed is left out; anything else that is wrong gives an error that says
// where.
func Read(ctx context.Context, folders []string, progress func(done, total int64)) (*Set, error) {
	var total, done int64
	for _, path := range folders {
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
		s.addRun(Run{Path: path, About: about})
		if err := s.result.readExtras(path); err != nil {
			return nil, err
		}
		err = readRows(ctx, filepath.Join(path, resultsFile), func(rows []scenarios.Result, bytes int) {
			for i := range rows {
				s.add(&rows[i], path)
			}
			if done += int64(bytes); progress != nil {
				progress(done, total)
			}
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

func readAbout(folder string) (About, error) {
	path := filepath.Join(folder, aboutFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return About{}, notAFolder(folder, err)
	}
	var about About
	if err := json.Unmarshal(text, &about); err != nil {
		return About{}, inFile(path, text, 1, err)
	}
	return about, nil
}

// pieceSize is how much of a file one worker decodes at a time.
const pieceSize = 1 << 20

// piece is a part of a file of results, whole lines.
type piece struct {
	text  []byte
	line  int // number of its first line
	rows  []scenarios.Result
	err   error
	ready chan struct{} // closed when it has been decoded
}

// readRows decodes the lines of a file on all processors, and hands them on in order.
func readRows(ctx context.Context, path string, add func(rows []scenarios.Result, bytes int)) error {
	file, err := os.Open(path)
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
		add(p.rows, len(p.text))
	}
	if cutting != nil {
		return fmt.Errorf("read the results of a run: %w", cutting)
	}
	return ctx.Err()
}

// cut cuts a file into pieces of whole lines. What follows the last end of a line is left
// out: it was being written when the run was killed.
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
		var r scenarios.Result
		if err := fast.Unmarshal(p.text[i:end], &r); err != nil {
			// The standard library's errors say where in the line.
			p.err = inFile(path, p.text[i:end], line, cmp.Or(json.Unmarshal(p.text[i:end], &r), err))
			return
		}
		p.rows = append(p.rows, r)
		i = end + 1
	}
}

// inFile says where in a file of JSON something is wrong. text begins on this line.
func inFile(path string, text []byte, line int, err error) error {
	offset := int64(-1)
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = bad.Offset
	}
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = bad.Offset
	}
	column := 1
	if offset >= 0 && offset <= int64(len(text)) {
		before := text[:offset]
		line += bytes.Count(before, []byte{'\n'})
		column = max(1, len(before)-(bytes.LastIndexByte(before, '\n')+1))
	}
	return fmt.Errorf("%s:%d:%d: %w; expected what `locklab run` writes", path, line, column, err)
}
