package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// resolver replaces the roles that one fault names with hosts. It resolves each role once,
// wherever the fault names it, and remembers what it found and drew.
type resolver struct {
	world   World
	players *players
	servers []HostID // of the lock service
	found   []resolved
}

type resolved struct {
	role  Role
	hosts []HostID
}

func (r resolved) String() string {
	if len(r.hosts) == 0 {
		return fmt.Sprintf("%s: nobody", r.role)
	}
	return fmt.Sprintf("%s: %s", r.role, strings.ReplaceAll(hostList(r.hosts), ",", ", "))
}

// resolve turns a fault as the script asks for it into the faults to apply now: one for each
// host, or one for all its links. note says what was found and drawn.
func (d *Director) resolve(f Fault) (faults []Fault, note string, err error) {
	r := resolver{world: d.world, players: &d.players, servers: f.servers}
	lists := []*[]HostID{&f.From, &f.To}
	f.Groups = slices.Clone(f.Groups)
	for i := range f.Groups {
		lists = append(lists, &f.Groups[i])
	}
	targets := f.targets()
	if !f.Kind.OnLinks() {
		lists = append(lists, &targets)
	}
	if err := r.lookUp(lists); err != nil {
		return nil, "", err
	}
	for _, list := range lists {
		*list = r.replace(*list)
	}
	var notes []string
	for _, each := range r.found {
		notes = append(notes, each.String())
	}
	if f.ForAtLeast != nil {
		f.For = between(d.world.Draw(), *f.ForAtLeast, f.For)
		f.ForAtLeast = nil
		notes = append(notes, "drawn: for "+f.For.String())
	}
	note = strings.Join(notes, "; ")
	if f.Kind.OnLinks() {
		if _, err := f.Links(); err != nil {
			return nil, "", err
		}
		return []Fault{f}, note, nil
	}
	f.Hosts = nil
	for _, host := range targets {
		f.Host = host
		faults = append(faults, f)
	}
	return faults, note, nil
}

// lookUp finds the hosts of every role in the lists. Others, AnyHost and AllHosts depend on
// which hosts the fault does not name otherwise, so they are resolved last.
func (r *resolver) lookUp(lists []*[]HostID) error {
	var named []HostID
	var last []Role
	for _, list := range lists {
		for _, name := range *list {
			switch {
			case !IsRole(name):
				named = append(named, name)
			case name == Others || name == AnyHost || name == AllHosts:
				if !slices.Contains(last, name) {
					last = append(last, name)
				}
			case r.of(name) == nil:
				hosts, err := r.hosts(name)
				if err != nil {
					return err
				}
				r.found = append(r.found, resolved{name, hosts})
				named = append(named, hosts...)
			}
		}
	}
	slices.Sort(last)
	slices.Reverse(last) // others before any, and any before all, so that all means the remaining hosts
	for _, role := range last {
		from := r.world.Hosts()
		if role == Others {
			from = r.servers
		}
		rest := slices.DeleteFunc(slices.Clone(from), func(h HostID) bool { return slices.Contains(named, h) })
		if role == AnyHost {
			rest = slices.DeleteFunc(rest, func(h HostID) bool { return slices.Contains(r.players.down, h) || slices.Contains(r.players.done, h) })
			if len(rest) > 0 {
				i := r.world.Draw() % uint64(len(rest))
				rest = rest[i : i+1]
			}
		}
		if len(rest) == 0 && role != Others {
			return fmt.Errorf("there is no host left for %q", string(role))
		}
		r.found = append(r.found, resolved{role, rest})
		named = append(named, rest...)
	}
	return nil
}

// hosts returns the hosts that currently have a role.
func (r *resolver) hosts(role Role) ([]HostID, error) {
	switch role {
	case Holder:
		if n := len(r.players.holders); n > 0 {
			return r.players.holders[n-1:], nil
		}
		return nil, errors.New("no client holds the lock at this moment")
	case Waiter:
		if len(r.players.waiters) > 0 {
			return r.players.waiters[:1], nil
		}
		return nil, errors.New("no client waits for the lock at this moment")
	case Primary:
		if hosts := r.head(); len(hosts) > 0 {
			return hosts[:1], nil
		}
		if len(r.servers) > 0 {
			return r.servers[:1], nil
		}
	case Few:
		return r.few(), nil
	}
	if hosts := r.world.Role(role); len(hosts) > 0 {
		return hosts, nil
	}
	return nil, fmt.Errorf("the lock service has no %s at this moment, or never has one", role)
}

// few returns the hosts of the role Few. A service may have none; the result is then empty, not
// nil.
func (r *resolver) few() []HostID {
	if hosts := r.head(); len(hosts) > 0 {
		return hosts
	}
	return append([]HostID{}, r.servers[:max(0, len(r.servers)-1)/2]...)
}

// head returns the leader or the master of the lock service, or nothing where all servers are equal.
func (r *resolver) head() []HostID {
	for _, first := range []Role{Leader, Master} {
		if hosts := r.world.Role(first); len(hosts) > 0 {
			return hosts
		}
	}
	return nil
}

// of returns the hosts of a role that has been looked up, or nil.
func (r *resolver) of(role Role) []HostID {
	for _, each := range r.found {
		if each.role == role {
			return each.hosts
		}
	}
	return nil
}

// replace returns the names with roles replaced by hosts, each host once.
func (r *resolver) replace(names []HostID) []HostID {
	var out []HostID
	for _, name := range names {
		hosts := []HostID{name}
		if IsRole(name) {
			hosts = r.of(name)
		}
		for _, h := range hosts {
			if !slices.Contains(out, h) {
				out = append(out, h)
			}
		}
	}
	return out
}

// between turns a drawn number into a duration, evenly from lo to hi but at least 1 ns, as a
// fault that takes no time is not a fault.
func between(drawn uint64, lo, hi time.Duration) time.Duration {
	if hi > lo {
		lo += time.Duration(drawn % uint64(hi-lo+1))
	}
	return max(lo, 1)
}
