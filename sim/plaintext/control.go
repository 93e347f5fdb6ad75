package plaintext

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// unseen are the characters, above ASCII, that are not seen and change what is: controls of
// terminals, what turns the direction of text around, ends of lines that not everybody takes
// for one, and what has no width. Joiners (U+200C, U+200D) and direction marks (U+200E, U+200F)
// are not among them: words of some languages need them.
var unseen = [...]struct{ from, to rune }{
	{0x80, 0x9f},       // C1, such as the one-character CSI
	{0x200b, 0x200b},   // zero-width space
	{0x2028, 0x202e},   // line and paragraph separator, embeddings and overrides of direction
	{0x2060, 0x2069},   // word joiner, invisible operators, isolates of direction
	{0xfeff, 0xfeff},   // byte order mark
	{0xfff9, 0xfffb},   // interlinear annotation
	{0xe0000, 0xe007f}, // tags
}

// Unseen tells whether a character must not stand in text for people. Of the line breaks and
// blanks of ASCII, newline and tab may.
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

// Name says what such a character is, or utf8.RuneError a byte that is none, for messages.
func Name(r rune) string {
	switch {
	case r == utf8.RuneError:
		return "a byte that is not UTF-8"
	case r < 0x20, r >= 0x7f && r <= 0x9f:
		return fmt.Sprintf("the control character %U", r)
	}
	return fmt.Sprintf("the invisible character %U", r)
}

// Find gives the first character of a text that must not stand in it, and at which byte;
// utf8.RuneError is a byte that is no UTF-8. at is -1 if there is none.
func Find(text string) (at int, found rune) {
	for i, r := range text {
		if Unseen(r) || r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			return i, r
		}
	}
	return -1, 0
}

// FindInLine is Find for what is one line: it must not hold newlines and tabs either.
func FindInLine(text string) (at int, found rune) {
	at, found = Find(text)
	if i := strings.IndexAny(text, "\n\t"); i >= 0 && (at < 0 || i < at) {
		return i, rune(text[i])
	}
	return at, found
}

// Visible writes out what must not stand in a text, as Go writes it in a string: \x1b, \u202e.
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
