package results

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/scenarios/outcome"
)

// shardRows is the rows of one shard, read one after the other. They are decoded ahead, a few at a
// time, as all shards are read at once.
type shardRows struct {
	index  int // among the shards
	row    textRow
	place  place // of row
	ahead  []textRow
	pieces <-chan shardPiece
	reader *sync.WaitGroup
}

// textRow is a row and its text.
type textRow struct {
	text   []byte
	result outcome.Result
}

// shardPiece is a few rows of a shard, or what is wrong with them.
type shardPiece struct {
	rows []textRow
	err  error
}

// decodedAhead is how many rows of all shards together are decoded ahead, about.
const decodedAhead = 2048

func readShard(ctx context.Context, index int, path string, shards int) *shardRows {
	pieces := make(chan shardPiece, 1)
	s := &shardRows{index: index, pieces: pieces, reader: &sync.WaitGroup{}}
	s.reader.Go(func() {
		defer close(pieces)
		err := decodeShard(path, max(4, decodedAhead/shards), func(p shardPiece) bool {
			select {
			case pieces <- p:
				return true
			case <-ctx.Done():
				return false
			}
		})
		if err != nil {
			select {
			case pieces <- shardPiece{err: err}:
			case <-ctx.Done():
			}
		}
	})
	return s
}

// wait waits until nobody reads the file any more.
func (s *shardRows) wait() { s.reader.Wait() }

// next goes on to the next row, and reports false if there is none.
func (s *shardRows) next(o order) (bool, error) {
	if len(s.ahead) == 0 {
		p := <-s.pieces
		if p.err != nil {
			return false, p.err
		}
		s.ahead = p.rows
	}
	if len(s.ahead) == 0 {
		return false, nil
	}
	s.row, s.ahead = s.ahead[0], s.ahead[1:]
	s.place = o.of(&s.row.result)
	return true, nil
}

// decodeShard decodes the rows of a file, so many at a time. It drops what follows the last line
// break: it was being written when the run was killed.
func decodeShard(path string, each int, hand func(shardPiece) bool) error {
	file, err := files.Open(path, maxRows)
	if err != nil {
		return fmt.Errorf("read the results of a run: %w", err)
	}
	defer file.Close()
	lines := bufio.NewReaderSize(file, 1<<16)
	var p shardPiece
	for line := 1; ; line++ {
		text, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			hand(p)
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: line %d: %w", path, line, err)
		}
		one := piece{text: text, line: line}
		if one.decode(path); one.err != nil {
			return one.err
		}
		if p.rows = append(p.rows, textRow{text, one.rows[0]}); len(p.rows) == each {
			if !hand(p) {
				return nil
			}
			p.rows = nil
		}
	}
}

// readLine reads a whole line, of a length that a row may have.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxRow:
			return nil, fmt.Errorf("it is longer than %d bytes, expected what `locklab run` writes", maxRow)
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}
