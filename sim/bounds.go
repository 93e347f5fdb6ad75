package sim

// Bounds of a trial, far beyond those of any that can be read or drawn. Both worlds cut a trial
// that goes beyond them, scripts cannot ask for more, and ReadHistory refuses what no trial can
// have written.
const (
	MaxClients  = 100     // of a script
	MaxEvents   = 200_000 // that are recorded; the scripts that come with locklab make 20 to 3,000
	MaxMessages = 100_000 // that are recorded; a trial goes on without recording more
)
