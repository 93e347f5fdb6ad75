package trace

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Operation describes an operation for people who have never seen its name: "the 2nd withdrawal
// of client-1" for "client-1/2".
func Operation(op string) string {
	client, _, _ := strings.Cut(op, "/")
	switch n := NumberOf(op); {
	case op == "":
		return "an unnamed operation"
	case n > 0:
		return fmt.Sprintf("the %s withdrawal of %s", Ordinal(n), client)
	}
	return op
}

// NumberOf returns the 2 of "client-1/2", or 0 if the operation has no number.
func NumberOf(op string) int {
	_, number, _ := strings.Cut(op, "/")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// Ordinal formats "1st", "2nd", "3rd", "4th", …, "11th", …
func Ordinal(n int) string {
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

// Clock formats true time as reports show it: "10.003 s".
func Clock(at time.Duration) string { return fmt.Sprintf("%.3f s", at.Seconds()) }

// Count formats a number of things: "1 belief", "2 beliefs".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
