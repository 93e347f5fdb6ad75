//go:build linux

package redislive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// value is a RESP3 value, as far as the observer needs it: text, or a list (arrays, pushes; a map
// is a list of keys and values).
type value struct {
	kind byte // its first byte in the protocol
	text string
	list []value
}

// refusal is an error with which the server answered.
type refusal string

func (r refusal) Error() string { return "the server answered: " + string(r) }

// maxLength bounds the bulk strings and lists that are read.
const maxLength = 1 << 20

// readValue reads one value. It returns the server's error answers as errors. (RESP specification:
// redis.io/docs/latest/develop/reference/protocol-spec.)
func readValue(r *bufio.Reader) (value, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return value{}, err
	}
	line = strings.TrimSuffix(line, "\r\n")
	if line == "" {
		return value{}, errors.New("an empty line where a value was expected")
	}
	kind, rest := line[0], line[1:]
	switch kind {
	case '+', ':', ',', '#', '_':
		return value{kind: kind, text: rest}, nil
	case '-':
		return value{}, refusal(rest)
	case '$':
		n, err := length(rest, 1)
		if err != nil || n < 0 {
			return value{kind: kind}, err
		}
		b := make([]byte, n+2) // including the line's end
		if _, err := io.ReadFull(r, b); err != nil {
			return value{}, err
		}
		return value{kind: kind, text: string(b[:n])}, nil
	case '*', '>', '%', '~':
		each := 1
		if kind == '%' {
			each = 2
		}
		n, err := length(rest, each)
		if err != nil {
			return value{}, err
		}
		v := value{kind: kind, list: []value{}}
		for range n {
			item, err := readValue(r)
			if err != nil {
				return value{}, err
			}
			v.list = append(v.list, item)
		}
		return v, nil
	}
	return value{}, fmt.Errorf("a value of the unknown kind %q: %q", kind, line)
}

// length parses a length and multiplies it; -1 means "nothing".
func length(text string, each int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < -1 || n > maxLength {
		return 0, fmt.Errorf("%q is not a length that can be read", text)
	}
	if n < 0 {
		return n, nil
	}
	return n * each, nil
}
