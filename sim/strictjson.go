package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

type jsonProblem struct {
	column  int
	problem string
}

// strictJSON decodes one line and reports the column of an error.
func strictJSON(line []byte, into any) *jsonProblem {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		rest := line[dec.InputOffset():]
		if more := bytes.TrimLeft(rest, " \t\r"); len(more) > 0 {
			return &jsonProblem{len(line) - len(more) + 1, "something follows the closing brace"}
		}
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &jsonProblem{int(syntax.Offset), strings.TrimPrefix(err.Error(), "json: ")}
	case errors.As(err, &kind):
		if kind.Field == "" {
			return &jsonProblem{1, fmt.Sprintf("found JSON %s, expected an object", kind.Value)}
		}
		return &jsonProblem{fieldColumn(line, kind.Field), fmt.Sprintf("field %q is %s, expected %s", kind.Field, kind.Value, plainType(kind.Type))}
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return &jsonProblem{len(line) + 1, "the line ends too early: was the run killed while it wrote?"}
	}
	return &jsonProblem{unknownFieldColumn(line, err), strings.TrimPrefix(err.Error(), "json: ")}
}

// plainType says what a field accepts, without the names of Go types.
func plainType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Int64:
		return "a whole number"
	case reflect.Uint64:
		return "a whole number that is not negative"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	}
	return "an object"
}

// unknownFieldColumn finds the field that encoding/json names in its message.
func unknownFieldColumn(line []byte, err error) int {
	_, quoted, found := strings.Cut(err.Error(), "unknown field ")
	if !found {
		return 1
	}
	return 1 + max(0, bytes.Index(line, []byte(quoted)))
}

// fieldColumn returns the column of a field in its line, from 1.
func fieldColumn(line []byte, field string) int {
	return 1 + max(0, bytes.Index(line, []byte(`"`+field+`"`)))
}
