package check

import "time"

// Patience returns how long a client may wait for a lock with leases of this length before
// availability calls it too long.
func Patience(ttl time.Duration) time.Duration { return patience * ttl }
