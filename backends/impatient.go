package backends

import "time"

// Impatient is a backend whose clients wait for something for a time that is no option of
// theirs, or one that counts only beside another option.
type Impatient interface {
	Backend
	// Patience is the shortest of these times, and what it is called; "": there is none.
	Patience(Settings) (wait time.Duration, name string)
}
