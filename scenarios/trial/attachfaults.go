package trial

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// mayBeServer reports whether a name may stand for a server.
func mayBeServer(id sim.HostID, servers []sim.HostID) bool {
	return slices.Contains(servers, id) || slices.Contains(script.AskedRoles, id) ||
		id == sim.Servers || id == sim.AnyHost || id == sim.AllHosts
}

// needsServers reports why a fault cannot be done if somebody else runs the servers; nil means that
// it can. Faults of clients are possible, and so are faults of the network between clients and
// servers, which is locklab's own.
func needsServers(f sim.Fault, servers []sim.HostID) error {
	perhaps := func(id sim.HostID) bool { return mayBeServer(id, servers) }
	refuse := func(id sim.HostID) error {
		return fmt.Errorf("locklab does not run attached servers, so it cannot inject this fault (%s: %s); run without --attach", f.Kind, id)
	}
	var ends []sim.HostID
	for _, group := range f.Groups {
		ends = append(ends, group...)
	}
	for _, id := range slices.Concat([]sim.HostID{f.Host}, f.Hosts, f.From, f.To, ends) {
		if slices.Contains(script.AskedRoles, id) { // attached servers are not asked for their roles
			return refuse(id)
		}
		if !f.Kind.OnLinks() && perhaps(id) {
			return refuse(id)
		}
	}
	for _, way := range ways(f) {
		if perhaps(way[0]) && perhaps(way[1]) {
			return refuse(sim.HostID(fmt.Sprintf("from %s to %s", way[0], way[1])))
		}
	}
	return nil
}

// ways lists the pairs of names between which a fault on links acts. A side that is not named is
// any host.
func ways(f sim.Fault) (out [][2]sim.HostID) {
	if !f.Kind.OnLinks() {
		return nil
	}
	cross := func(from, to []sim.HostID) {
		for _, a := range from {
			for _, b := range to {
				out = append(out, [2]sim.HostID{a, b})
			}
		}
	}
	for i, group := range f.Groups {
		for _, other := range f.Groups[i+1:] {
			cross(group, other)
		}
	}
	if len(f.Groups) == 0 {
		anybody := func(hosts []sim.HostID) []sim.HostID {
			if len(hosts) == 0 {
				return []sim.HostID{sim.AnyHost}
			}
			return hosts
		}
		cross(anybody(f.From), anybody(f.To))
	}
	return out
}
