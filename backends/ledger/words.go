package ledger

import (
	"fmt"
	"strconv"
)

// Words says what the command is, in a message diagram.
func (c Command) Words() string {
	switch {
	case c.Kind == WriteCommand && c.Token != 0:
		return fmt.Sprintf("write %d, token %d", c.Balance, c.Token)
	case c.Kind == WriteCommand:
		return "write " + strconv.FormatInt(c.Balance, 10)
	case c.Kind == ChargeCommand:
		return "charge " + strconv.FormatInt(c.Amount, 10)
	case c.Kind == ReadCommand && c.Token != 0:
		return "read, token " + strconv.FormatUint(c.Token, 10)
	}
	return string(c.Kind)
}

// Words says what the answer is, in a message diagram.
func (r Reply) Words() string {
	switch {
	case r.Refused != "":
		return "refused"
	case r.Done:
		return "done"
	}
	return "balance " + strconv.FormatInt(r.Balance, 10)
}
