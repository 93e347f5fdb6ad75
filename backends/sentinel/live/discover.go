//go:build linux

package sentinellive

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends"
	redislive "github.com/locklab/locklab/backends/redis/live"
)

// request is a user's description of attached Sentinels.
type request struct {
	sentinels []string
	elsewhere map[string]string // a server's address from here, by the Sentinels' name for it
	service   string            // the name of its master; "" if there is only one
}

// parseRequest reads HOST:PORT,...[,CALLED=HOST:PORT...][@MASTER].
func parseRequest(text string) (request, error) {
	r := request{elsewhere: map[string]string{}}
	if i := strings.LastIndex(text, "@"); i >= 0 {
		if text, r.service = text[:i], text[i+1:]; r.service == "" {
			return r, fmt.Errorf("no name stands behind the @; expected that of a master, as in sentinel=127.0.0.1:26379@mymaster")
		}
	}
	for _, each := range strings.Split(text, ",") {
		called, address, two := strings.Cut(each, "=")
		if !two {
			address = called
		}
		if err := backends.CheckAddress(address); err != nil {
			return r, fmt.Errorf("%w, as in sentinel=127.0.0.1:26379", err)
		}
		if !two {
			r.sentinels = append(r.sentinels, address)
			continue
		}
		if err := backends.CheckAddress(called); err != nil {
			return r, fmt.Errorf("%w, as in %s=%s", err, "redis-master:6379", address)
		}
		if _, twice := r.elsewhere[called]; twice {
			return r, fmt.Errorf("it is said twice where %s is reached", called)
		}
		r.elsewhere[called] = address
	}
	if len(r.sentinels) == 0 {
		return r, fmt.Errorf("no Sentinel is named, expected its address, as in sentinel=127.0.0.1:26379")
	}
	return r, nil
}

// watched is a master and its replicas as a Sentinel sees them. Addresses are the Sentinel's.
type watched struct {
	service  string
	master   string
	replicas []string
	down     []string // replicas that it finds down
}

// Asked names the master that is asked for, as Sentinels may serve several.
func (Backend) Asked() string { return "of Sentinels with [@MASTER] behind it" }

// Discover asks the Sentinels for the master and its replicas. Replicas that every Sentinel finds
// down are left out.
func (Backend) Discover(ctx context.Context, text string) (*backends.Attachment, error) {
	r, err := parseRequest(text)
	if err != nil {
		return nil, err
	}
	sentinels := &backends.Attachment{Addresses: r.sentinels}
	var all watched
	for i := range r.sentinels {
		seen, err := lookThrough(ctx, sentinels, i, r.service)
		if err != nil {
			return nil, fmt.Errorf("ask the Sentinel at %s: %w", r.sentinels[i], err)
		}
		if i == 0 {
			all, r.service = seen, seen.service
		} else if seen.master != all.master {
			return nil, fmt.Errorf("the Sentinels do not agree on the master: at %s it is %s, and at %s it is %s; is a failover on?",
				r.sentinels[0], all.master, r.sentinels[i], seen.master)
		}
		all.replicas, all.down = append(all.replicas, seen.replicas...), append(all.down, seen.down...)
	}
	slices.Sort(all.replicas) // the Sentinels list them in any order
	told := append([]string{all.master}, slices.Compact(all.replicas)...)
	if err := r.allNamed(slices.Concat(told, all.down)); err != nil {
		return nil, err
	}
	to := &backends.Attachment{Service: r.service, Told: told}
	for _, each := range told {
		address := r.reached(each)
		if err := reachable(ctx, address); err != nil {
			return nil, fmt.Errorf("the Sentinels name the server %s, which cannot be reached from here (%w); if it can be under another address, say which: sentinel=%s,%s=HOST:PORT",
				each, err, strings.Join(r.sentinels, ","), each)
		}
		to.Addresses = append(to.Addresses, address)
	}
	if err := redislive.CheckAttached(ctx, to.Only(0)); err != nil {
		return nil, err
	}
	to.Addresses = append(to.Addresses, r.sentinels...)
	return to, nil
}

// reached returns a server's address from here.
func (r request) reached(called string) string {
	if address := r.elsewhere[called]; address != "" {
		return address
	}
	return called
}

// allNamed returns an error if the user gave an address for a server that the Sentinels do not
// name.
func (r request) allNamed(told []string) error {
	for _, called := range slices.Sorted(maps.Keys(r.elsewhere)) {
		if !slices.Contains(told, called) {
			return fmt.Errorf("the Sentinels know of no server %s, but of %s", called, strings.Join(told, ", "))
		}
	}
	return nil
}

func reachable(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, reachLimit)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// lookThrough asks a Sentinel for the master that it watches under this name; "" means the only
// one.
func lookThrough(ctx context.Context, to *backends.Attachment, i int, service string) (watched, error) {
	list, err := table(ctx, to, i, "SENTINEL", "MASTERS")
	if err != nil {
		return watched{}, err
	}
	master, err := choose(list, service)
	if err != nil {
		return watched{}, err
	}
	seen := watched{service: master["name"], master: net.JoinHostPort(master["ip"], master["port"])}
	list, err = table(ctx, to, i, "SENTINEL", "REPLICAS", seen.service)
	if err != nil {
		return watched{}, err
	}
	for _, replica := range list {
		address := net.JoinHostPort(replica["ip"], replica["port"])
		if strings.Contains(replica["flags"], "s_down") {
			seen.down = append(seen.down, address)
		} else {
			seen.replicas = append(seen.replicas, address)
		}
	}
	return seen, nil
}

// choose returns the master of this name; "" means the only one.
func choose(masters []map[string]string, service string) (map[string]string, error) {
	var names []string
	for _, m := range masters {
		if m["name"] == service || service == "" && len(masters) == 1 {
			return m, nil
		}
		names = append(names, m["name"])
	}
	slices.Sort(names)
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("it watches no master")
	case service == "":
		return nil, fmt.Errorf("it watches several masters (%s): choose one of them, as in sentinel=...@%s", strings.Join(names, ", "), names[0])
	}
	return nil, fmt.Errorf("it watches no master of the name %s, but %s", service, strings.Join(names, ", "))
}

// table sends a Sentinel a command whose answer is lists of names and values.
func table(ctx context.Context, to *backends.Attachment, i int, command ...any) ([]map[string]string, error) {
	reply, err := redislive.AskAttached(ctx, to, i, command...)
	if redislive.IsRefusal(err) {
		return nil, fmt.Errorf("it is no Sentinel: it answers %s %s with %q; name the Sentinels, and not the servers that they watch",
			command[0], command[1], strings.TrimSpace(err.Error()))
	}
	if err != nil {
		return nil, err
	}
	list, ok := reply.([]any)
	if !ok {
		return nil, fmt.Errorf("it answers %v with %v", command, reply)
	}
	var rows []map[string]string
	for _, each := range list {
		rows = append(rows, fields(each))
	}
	return rows, nil
}
