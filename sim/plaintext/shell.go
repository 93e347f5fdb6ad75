package plaintext

import "strings"

// bare lists the characters, besides ASCII letters and digits, that have no special meaning in
// any shell, wherever in a word they stand.
const bare = "-_./:,+@"

// Shell quotes words so that a POSIX shell reads each one back unchanged, whatever it contains.
// A word must not contain NUL, as no argument can.
func Shell(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shellWord(w)
	}
	return strings.Join(quoted, " ")
}

// shellWord leaves a word unquoted only if it is certain to need no quotes: it consists of ASCII
// letters, digits, the characters of bare, and equals signs, but does not start with an equals
// sign, as zsh reads =word as the path of a command.
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
