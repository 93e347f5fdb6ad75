//go:build linux

package backends

// Adapted is a live backend that does not run with the defaults of all its options: its
// servers behave differently from version to version, or a real machine needs other timing.
type Adapted interface {
	Live
	// LiveSettings gives the settings that a live trial with s runs with on this machine. They
	// differ from s only in options that nobody asked for. A virtual trial to compare with is
	// run with them. The error is that of Missing.
	LiveSettings(s Settings) (Settings, error)
}
