//go:build linux

package backends

// Profiled is a live backend whose servers behave differently from version to version, so
// that which of its options a live trial stands for depends on what this machine has.
type Profiled interface {
	Live
	// Profile gives the settings that the server stands for which a live trial with s uses
	// here, and its name with its version, for people. They differ from s only in options
	// that nobody asked for. A virtual trial to compare with is run with them. The error is
	// that of Missing.
	Profile(s Settings) (Settings, string, error)
}
