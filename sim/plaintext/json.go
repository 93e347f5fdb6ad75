package plaintext

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// FindJSON returns the first character in the strings of a JSON text that must not appear in
// text for people, and its byte offset. It also finds escapes such as \u001b. at is -1 if there
// is none. FindJSON only looks at characters and does not check that the text is valid JSON
// otherwise.
func FindJSON(text []byte) (at int, found rune) {
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < 0x7f && c != '\\' || c == '\n' || c == '\t' || c == '\r' { // allowed between strings; within strings, JSON forbids the last three
			i++
			continue
		}
		r, size := next(text[i:])
		if size == 0 || r == utf8.RuneError && text[i] != '\\' && size == 1 || Unseen(r) {
			return i, r
		}
		i += size
	}
	return -1, 0
}

// VisibleJSON escapes what FindJSON finds, so that the decoded strings read as Visible would
// write them.
func VisibleJSON(text []byte) []byte {
	at, _ := FindJSON(text)
	if at < 0 {
		return text
	}
	var out []byte
	for {
		r, size := next(text[at:])
		out = append(out, text[:at]...)
		switch {
		case r == utf8.RuneError:
			out = append(out, `\ufffd`...)
		case r < 0x100:
			out = append(out, `\\x`...)
			out = append(out, strconv.FormatInt(int64(r)+0x100, 16)[1:]...)
		case r < 0x10000:
			out = append(out, `\\u`...)
			out = append(out, strconv.FormatInt(int64(r)+0x10000, 16)[1:]...)
		default:
			out = append(out, `\\U`...)
			out = append(out, strconv.FormatInt(int64(r)+0x100000000, 16)[1:]...)
		}
		text = text[at+max(size, 1):]
		if at, _ = FindJSON(text); at < 0 {
			return append(out, text...)
		}
	}
}

// next decodes one character of a JSON string and returns how many bytes it takes there.
func next(text []byte) (r rune, size int) {
	if text[0] != '\\' {
		return utf8.DecodeRune(text)
	}
	if len(text) < 2 {
		return '\\', 1
	}
	switch text[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'r':
		return '\r', 2
	case 'u':
		first, ok := hex(text)
		if !ok {
			return '\\', 2 // not JSON: the decoder will report it
		}
		if !utf16.IsSurrogate(first) {
			return first, 6
		}
		if second, ok := hex(text[6:]); ok {
			if both := utf16.DecodeRune(first, second); both != utf8.RuneError {
				return both, 12
			}
		}
		return utf8.RuneError, 6 // half a surrogate pair, which decodes as U+FFFD
	}
	return '\\', 2
}

// hex reads \uXXXX.
func hex(text []byte) (r rune, ok bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
