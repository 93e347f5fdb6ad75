package backends

// Installed is a backend whose live servers are programs that are found on the machine, and in whose
// place others can be named. Backends on the servers of another leave that to it.
type Installed interface {
	Backend
	// ServerFlag is the flag of the command line that names them.
	ServerFlag() ServerFlag
}

// ServerFlag says which servers the live world starts, in place of those that it finds.
type ServerFlag struct {
	Name     string             // without its dashes
	Usage    string             // what its value is
	Default  string             // which servers are found
	Variable string             // the environment variable that does the same
	Check    func(string) error // what is wrong with a value; nil: nothing
}

// ServerFlags lists the flags of all backends, each once.
func (r Registry) ServerFlags() (flags []ServerFlag) {
	known := map[string]bool{}
	for _, b := range r {
		if i, ok := b.(Installed); ok && !known[i.ServerFlag().Name] {
			known[i.ServerFlag().Name] = true
			flags = append(flags, i.ServerFlag())
		}
	}
	return flags
}
