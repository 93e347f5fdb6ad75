package backends

import "time"

// Impatient is a backend whose clients use a timeout that is not one of its options, or that
// applies only together with another option.
type Impatient interface {
	Backend
	// Patience returns the shortest of these timeouts and its name; the name is "" if there is
	// none.
	Patience(Settings) (wait time.Duration, name string)
}
