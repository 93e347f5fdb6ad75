package ledger

import (
	"strconv"
)

// Words describes the command in a message diagram.
func (c Command) Words() string {
	token := ""
	if c.Token != 0 {
		token = ", token " + strconv.FormatUint(c.Token, 10)
	}
	switch c.Kind {
	case WriteCommand:
		return "write " + strconv.FormatInt(c.Balance, 10) + token
	case ChargeCommand:
		return "charge " + strconv.FormatInt(c.Amount, 10)
	case ReadCommand:
		return "read" + token
	case MarkCommand:
	}
	return string(c.Kind)
}

// Words describes the answer in a message diagram.
func (r Reply) Words() string {
	switch {
	case r.Refused != "":
		return "refused"
	case r.Done:
		return "done"
	}
	return "balance " + strconv.FormatInt(r.Balance, 10)
}
