package plaintext

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// unseen lists the characters above ASCII that are invisible and change what people see:
// terminal controls, changes of text direction, line ends that not every program recognizes, and
// characters without width. Joiners (U+200C, U+200D) and direction marks (U+200E, U+200F) are
// not listed: words of some languages need them.
var unseen = [...]struct{ from, to rune }{
	{0x80, 0x9f},       // C1, such as the one-character CSI
	{0x200b, 0x200b},   // zero-width space
	{0x2028, 0x202e},   // line and paragraph separator, direction embeddings and overrides
	{0x2060, 0x2069},   // word joiner, invisible operators, direction isolates
	{0xfeff, 0xfeff},   // byte order mark
	{0xfff9, 0xfffb},   // interlinear annotation
	{0xe0000, 0xe007f}, // tags
}

// Unseen reports whether a character must not appear in text for people. Of ASCII's control
// characters, only newline and tab may.
func Unseen(r rune) bool {
	if r < 0x80 {
		return r < ' ' && r != '\n' && r != '\t' || r == 0x7f
	}
	for _, u := range unseen {
		if u.from <= r && r <= u.to {
			return true
		}
	}
	return false
}

// Name describes such a character for messages; utf8.RuneError stands for a byte that is not
// UTF-8.
func Name(r rune) string {
	switch {
	case r == utf8.RuneError:
		return "a byte that is not UTF-8"
	case r < 0x20, r >= 0x7f && r <= 0x9f:
		return fmt.Sprintf("the control character %U", r)
	}
	return fmt.Sprintf("the invisible character %U", r)
}

// Find returns the first character that must not appear in text for people, and its byte offset.
// utf8.RuneError stands for a byte that is not UTF-8. at is -1 if there is none.
func Find(text string) (at int, found rune) {
	for i, r := range text {
		if Unseen(r) || r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			return i, r
		}
	}
	return -1, 0
}

// FindInLine is Find for a single line, which must not contain newlines or tabs either.
func FindInLine(text string) (at int, found rune) {
	at, found = Find(text)
	if i := strings.IndexAny(text, "\n\t"); i >= 0 && (at < 0 || i < at) {
		return i, rune(text[i])
	}
	return at, found
}

// Visible escapes what must not appear in a text, in the way of Go string literals: \x1b,
// \u202e.
func Visible(text string) string {
	at, _ := Find(text)
	if at < 0 {
		return text
	}
	var b strings.Builder
	b.WriteString(text[:at])
	for i := at; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		writeVisible(&b, r, text[i:i+size])
		i += size
	}
	return b.String()
}

func writeVisible(b *strings.Builder, r rune, as string) {
	switch {
	case r == utf8.RuneError && len(as) == 1:
		fmt.Fprintf(b, `\x%02x`, as[0])
	case !Unseen(r):
		b.WriteString(as)
	case r < 0x100:
		fmt.Fprintf(b, `\x%02x`, r)
	case r < 0x10000:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}
