package control

import "strconv"

// Words describes the command in a message diagram.
func (c Command) Words() string { return string(c.Kind) }

// Words describes the answer in a message diagram.
func (r Reply) Words() string {
	switch {
	case r.Token != 0:
		return "OK, token " + strconv.FormatUint(r.Token, 10)
	case r.OK:
		return "OK"
	}
	return "no"
}
