package typeset

// Paint is the role of a piece of text in the terminal. Each role has its own colour, distinct from
// the others under the common kinds of colour blindness: blue for what theory predicts, orange for
// what is wrong, yellow for doubt.
type Paint int8

const (
	Plain  Paint = iota
	Strong       // titles
	Faint        // what can be skipped
	Theory       // a violation that was predicted
	Alarm        // not as expected
	Doubt        // undecided
)

var ansi = [...]string{
	Plain:  "",
	Strong: "\x1b[1m",
	Faint:  "\x1b[2m",
	Theory: "\x1b[38;5;33m",
	Alarm:  "\x1b[1;38;5;208m",
	Doubt:  "\x1b[38;5;178m",
}

// Painter colours text, or leaves it as it is.
type Painter struct{ On bool }

// Paint gives text the colour of its role.
func (p Painter) Paint(as Paint, text string) string {
	if !p.On || as == Plain || text == "" {
		return text
	}
	return ansi[as] + text + "\x1b[0m"
}
