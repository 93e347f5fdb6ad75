package sim

// Bounds of a trial, far beyond anything a person could read or draw. Both worlds cut off a
// trial that exceeds them, scripts cannot ask for more, and ReadHistory rejects files that no
// trial can have written.
const (
	MaxClients  = 100     // in a script
	MaxEvents   = 200_000 // recorded events; the scripts that come with locklab produce 20 to 3,000
	MaxMessages = 100_000 // recorded messages; past that, the trial continues without recording more
)
