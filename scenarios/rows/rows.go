// Package rows reads and writes lists that grow while they are measured: a JSON object a line, so that
// what a killed run has left can still be read.
package rows

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/locklab/locklab/sim/plaintext"
)

// Write appends a row.
func Write(w io.Writer, row any) error {
	text, err := json.Marshal(row)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// Read hands every row to add. name is the file's name and writer the command that writes such files,
// both for errors, which begin with file:line:column. An incomplete last row, left by a killed run, is
// ignored. What add returns says what is wrong with its row.
func Read[Row any](r io.Reader, name, writer string, add func(Row) error) error {
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		bad := func(column int64, problem string) error {
			return fmt.Errorf("%s:%d:%d: %s; expected what `%s` writes", name, n, max(column, 1), problem, writer)
		}
		var row Row
		if err := json.Unmarshal(text, &row); err != nil {
			return bad(column(err), err.Error())
		}
		if i, r := plaintext.FindJSON(text); i >= 0 {
			return bad(int64(i+1), plaintext.Name(r)+" appears here")
		}
		if err := add(row); err != nil {
			return bad(1, err.Error())
		}
	}
}

// column returns the column at which a row is wrong.
func column(err error) int64 {
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		return bad.Offset
	}
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return bad.Offset
	}
	return 1
}
