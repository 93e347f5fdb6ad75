package backends

// Renewing is a backend whose clients may keep a lease alive for as long as they hold the lock: a
// session, or a watchdog.
type Renewing interface {
	Backend
	// Renews tells whether they do with these settings.
	Renews(Settings) bool
}

// Renews tells whether the clients of a backend keep their leases alive.
func Renews(b Backend, s Settings) bool {
	r, ok := b.(Renewing)
	return ok && r.Renews(s)
}
