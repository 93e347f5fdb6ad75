//go:build linux

package backends

// Adapted is a live backend that does not run with the default of every option, because its servers
// differ from version to version or because a real machine needs other timing.
type Adapted interface {
	Live
	// LiveSettings returns the settings that a live trial with s uses on this machine. They differ
	// from s only in options that nobody asked for. A virtual trial meant for comparison runs with
	// the same settings. The error is that of Missing.
	LiveSettings(s Settings) (Settings, error)
}
