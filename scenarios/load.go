package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/plaintext"
)

// Known is what a scenario may refer to.
type Known struct {
	Registry backends.Registry // lock services, in the order that tables list them
	Guards   []string          // the ledger's guards, in the order that tables list them
}

// Load reads a scenario and checks it completely. file is used only in messages. The error is a
// *LoadError that describes the first mistake.
func Load(file string, src []byte, known Known) (*Scenario, error) {
	s, root, err := parse(file, src)
	if err != nil {
		return nil, err
	}
	l := loader{source: s, known: known, out: &Scenario{File: file, Digest: digest(src)}}
	if err := s.decode("the scenario", root, reflect.ValueOf(&l.file).Elem()); err != nil {
		return nil, err
	}
	for _, resolve := range []func() error{
		l.head, l.lease, l.account, l.lockServices, l.guards, l.lockOptions, l.settings, l.workload, l.ownClients, l.steps, l.expect, l.applicable,
	} {
		if err := resolve(); err != nil {
			return nil, err
		}
	}
	return l.out, nil
}

// digest returns 16 hex digits that identify a file's contents.
func digest(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:8])
}

// loader turns a file into a Scenario.
type loader struct {
	*source
	known Known
	file  fileScenario
	specs []backends.Spec // of out.Backends
	named []place         // where the file names each of specs, by itself or through a set
	out   *Scenario
}

var (
	namePattern  = regexp.MustCompile(`^[a-z0-9-]+$`)
	claimPattern = regexp.MustCompile(`^[A-Z]+[0-9]+[a-z]?$`)
)

// IsName reports whether text is a valid name for a scenario or a sweep. Such a name is also safe
// as a file name.
func IsName(text string) bool { return namePattern.MatchString(text) }

// head resolves what people read: name, claims, title, text, and why a scenario is virtual only.
func (l *loader) head() error {
	f := &l.file
	if !namePattern.MatchString(f.Scenario.text) {
		return l.fail(f.Scenario.place, fmt.Sprintf("scenario is %s, which is not a valid name", quoted(f.Scenario.text)),
			"lower-case letters, digits and hyphens, such as gc-pause", "")
	}
	for _, c := range f.Claims.list {
		if !claimPattern.MatchString(c.text) {
			return l.fail(c.place, fmt.Sprintf("claims names %s", quoted(c.text)), "capital letters followed by a number, such as K4", "")
		}
		l.out.Claims = append(l.out.Claims, c.text)
	}
	if i, _ := plaintext.FindInLine(f.Title.text); i >= 0 {
		return l.fail(f.Title.place, "title contains a tab or has several lines", "one line", "put the rest in text")
	}
	l.out.Name, l.out.Title, l.out.Text = f.Scenario.text, f.Title.text, f.Text.text
	l.out.VirtualOnly = f.VirtualOnly.text
	return nil
}

// The bounds of a script are far beyond what anybody runs a lock with, and small enough that no sum
// of times overflows.
const (
	minTTL   = time.Millisecond // Redis measures leases in milliseconds
	maxTime  = 1000 * time.Hour
	maxTimes = 1000
)

// lease resolves the leases, the length of a trial and the number of clients.
func (l *loader) lease() error {
	f := &l.file
	var err error
	if l.out.TTL, err = l.absolute("ttl", f.TTL); err != nil {
		return err
	}
	l.out.LiveTTL = LiveTTL
	if f.LiveTTL.given() {
		if l.out.LiveTTL, err = l.absolute("live-ttl", f.LiveTTL); err != nil {
			return err
		}
	}
	if f.Until.In(l.out.TTL) == 0 {
		return l.fail(f.Until.place, "until is 0: the trial would end before it begins", "more than 0, such as 4ttl", "")
	}
	if f.Clients.n < 1 || f.Clients.n > sim.MaxClients {
		return l.fail(f.Clients.place, fmt.Sprintf("clients is %d", f.Clients.n), fmt.Sprintf("1 to %d", sim.MaxClients), "")
	}
	l.out.Until, l.out.Clients = f.Until.Span, f.Clients.n
	return l.sane("until", f.Until)
}

// absolute resolves a lease, which must not be written in units of a lease.
func (l *loader) absolute(name string, lease span) (time.Duration, error) {
	ttl := lease.In(0)
	if lease.In(time.Hour) != ttl {
		return 0, l.fail(lease.place, name+" is given in leases", `an absolute time such as "10s"`, "")
	}
	if ttl < minTTL || ttl > maxTime {
		return 0, l.fail(lease.place, fmt.Sprintf("the lease is %s", lease), fmt.Sprintf("from %s to %s", minTTL, short(maxTime)), "")
	}
	return ttl, nil
}

// sane refuses a time so long that it must be a mistake.
func (l *loader) sane(name string, d span) error {
	if d.In(l.out.TTL) > maxTime {
		return l.fail(d.place, fmt.Sprintf("%s is %s", name, quoted(d.String())), fmt.Sprintf("at most %s", short(maxTime)), "")
	}
	return nil
}

// guards resolves the guards. Left out, they are all that the account can have. At least one
// backend must be able to run with one of them.
func (l *loader) guards() error {
	can := l.guardNames()
	if !l.file.Guards.given() {
		l.out.Guards = can
	}
	for _, w := range l.file.Guards.list {
		if !slices.Contains(can, w.text) {
			return l.noGuard(w, can)
		}
		l.out.Guards = append(l.out.Guards, w.text)
	}
	for _, spec := range l.specs {
		for _, guard := range l.out.Guards {
			if makesCell(spec, guard) {
				return nil
			}
		}
	}
	return l.fail(l.file.Guards.place, "no backend of this scenario can run with these guards, because none of them issues fencing tokens",
		"a guard that needs no token, such as none or cas", "")
}

// zero returns the span as written, or 0 if it was left out.
func zero(d span) sim.Span {
	if !d.given() {
		return sim.MustSpan("0")
	}
	return d.Span
}
