package terminal

// paint is the role of a piece of text in the terminal. Each role has its own colour, distinct from
// the others under the common kinds of colour blindness: blue for what theory predicts, orange for
// what is wrong, yellow for doubt.
type paint int8

const (
	plain  paint = iota
	strong       // titles
	faint        // what can be skipped
	theory       // a violation that was predicted
	alarm        // not as expected
	doubt        // undecided
)

var ansi = [...]string{
	plain:  "",
	strong: "\x1b[1m",
	faint:  "\x1b[2m",
	theory: "\x1b[38;5;33m",
	alarm:  "\x1b[1;38;5;208m",
	doubt:  "\x1b[38;5;178m",
}

// painter colours text, or leaves it as it is.
type painter struct{ on bool }

func (p painter) paint(as paint, text string) string {
	if !p.on || as == plain || text == "" {
		return text
	}
	return ansi[as] + text + "\x1b[0m"
}
