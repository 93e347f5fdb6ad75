package check

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/locklab/locklab/sim"
)

// told says operations in words for people who have never seen their names: what a
// history calls "client-1/2" is "its 2nd withdrawal" after client-1 was named. Where
// every client has one withdrawal only, nothing needs to be told apart.
type told struct{ several bool }

func tell(h *sim.History) told {
	for i := range h.Events {
		if e := &h.Events[i]; e.Op != "" && numberOf(e.Op) > 1 {
			return told{several: true}
		}
	}
	return told{}
}

// forWhich tells which of its withdrawals a client's read or write is for, to be put
// behind it: " for its 2nd withdrawal", " for job-1", or nothing.
func (t told) forWhich(e *sim.Event) string {
	n := numberOf(e.Op)
	switch {
	case e.Job != "":
		return " for " + e.Job
	case t.several && n > 0:
		return fmt.Sprintf(" for its %s withdrawal", ordinal(n))
	}
	return ""
}

// wrote names a write: "90", "80 for its 2nd withdrawal".
func (t told) wrote(e *sim.Event) string {
	return strconv.FormatInt(e.Balance, 10) + t.forWhich(e)
}

// operation names an operation where there is no event to say more of it: "the 2nd
// withdrawal of client-1".
func operation(op string) string {
	client, _, _ := strings.Cut(op, "/")
	switch n := numberOf(op); {
	case op == "":
		return "an unnamed operation"
	case n > 0:
		return fmt.Sprintf("the %s withdrawal of %s", ordinal(n), client)
	}
	return op
}

// numberOf is the 2 of "client-1/2"; 0: the operation has no number.
func numberOf(op string) int {
	_, number, _ := strings.Cut(op, "/")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// ordinal writes "1st", "2nd", "3rd", "4th", …, "11th", …
func ordinal(n int) string {
	ending := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(n) + ending
}

// writer names the client that a ledger's event is about.
func writer(e *sim.Event) string {
	if e.Client == "" {
		return "an unknown client"
	}
	return string(e.Client)
}
