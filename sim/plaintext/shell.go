package plaintext

import "strings"

// bare are the characters, besides letters and digits of ASCII, that no shell gives a meaning
// of their own, wherever in a word they stand.
const bare = "-_./:,+@"

// Shell writes words as a POSIX shell reads them back: each as it is, whatever it holds. A word
// must not hold NUL, which no argument can.
func Shell(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shellWord(w)
	}
	return strings.Join(quoted, " ")
}

// shellWord leaves only those words without quotes that are certain to need none: of ASCII
// letters, digits and bare, and with an equals sign that is not the first character, as zsh
// reads =word as the path of a command.
func shellWord(word string) string {
	plain := word != "" && word[0] != '='
	for _, c := range []byte(word) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '=', strings.IndexByte(bare, c) >= 0:
		default:
			plain = false
		}
	}
	if plain {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
