//go:build linux

package clock

import "time"

// Poll calls f until it returns nil, and gives up with f's last error after limit. It is for
// conditions that the kernel brings about in microseconds and does not announce.
func Poll(limit time.Duration, f func() error) error {
	deadline := time.Now().Add(limit)
	for wait := 50 * time.Microsecond; ; wait = min(2*wait, 5*time.Millisecond) {
		err := f()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(wait)
	}
}
