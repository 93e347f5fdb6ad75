package script

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/plaintext"
)

// Known is what a scenario may refer to.
type Known struct {
	Registry backends.Registry // lock services, in the order that tables list them
	Guards   []string          // the ledger's guards, in the order that tables list them
}

// Load reads a scenario and checks it completely. file is used only in messages. The error is a
// *strict.Error that describes the first mistake.
func Load(file string, src []byte, known Known) (*Scenario, error) {
	s, root, err := strict.Parse(file, src)
	if err != nil {
		return nil, err
	}
	size, err := readSize(s, root)
	if err != nil {
		return nil, err
	}
	return written{s, root, known, Scenario{File: file, Digest: digest(src)}}.at(size)
}

// written is a scenario's file, for each size of its fault.
type written struct {
	*strict.Source
	root  ast.Node
	known Known
	about Scenario // what does not depend on what the file says
}

// at resolves the scenario with its fault of this size; nil means that the file gives it none.
func (w written) at(size *Size) (*Scenario, error) {
	out := w.about
	if size != nil {
		out.Size, out.written = size, &w
	}
	l := Loader{Source: w.Source, known: w.known, out: &out}
	if err := l.resolve(size.in(w.root)); err != nil {
		return nil, size.explain(err)
	}
	return l.out, nil
}

// resolve reads the whole file.
func (l *Loader) resolve(root ast.Node) error {
	if err := l.Decode("the scenario", root, reflect.ValueOf(&l.file).Elem()); err != nil {
		return err
	}
	for _, resolve := range []func() error{
		l.head, l.lease, l.account, l.lockServices, l.guards, l.lockOptions, l.settings, l.workload, l.misfits, l.ownClients, l.steps, l.expect, l.applicable,
	} {
		if err := resolve(); err != nil {
			return err
		}
	}
	return nil
}

// digest returns 16 hex digits that identify a file's contents.
func digest(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:8])
}

// Loader turns a file into a Scenario. Files of other formats that contain parts of scenarios read
// these with it, too.
type Loader struct {
	*strict.Source
	known Known
	file  File
	specs []backends.Spec // of out.Backends
	named []strict.Place  // where the file names each of specs, by itself or through a set
	out   *Scenario
}

// NewLoader returns a loader for parts of scenarios in a file of another format.
func NewLoader(s *strict.Source, known Known) *Loader { return &Loader{Source: s, known: known} }

// LoadPart resolves a scenario without its expectations: the script of a sweep. path is the file that
// the scenario is said to come from.
func LoadPart(s *strict.Source, known Known, path string, file File) (*Scenario, error) {
	l := Loader{Source: s, known: known, out: &Scenario{File: path}, file: file}
	for _, resolve := range []func() error{l.head, l.lease, l.lockServices, l.guards, l.lockOptions, l.workload, l.ownClients, l.steps} {
		if err := resolve(); err != nil {
			return nil, err
		}
	}
	return l.out, nil
}

// CheckServices checks only which lock services and guards a scenario names.
func CheckServices(s *strict.Source, known Known, file File) error {
	l := Loader{Source: s, known: known, out: &Scenario{}, file: file}
	if err := l.lockServices(); err != nil {
		return err
	}
	return l.guards()
}

var claimPattern = regexp.MustCompile(`^[A-Z]+[0-9]+[a-z]?$`)

// IsClaim reports whether text is a valid identifier of a claim.
func IsClaim(text string) bool { return claimPattern.MatchString(text) }

// head resolves what people read: name, claims, title, text, and why a scenario is virtual only.
func (l *Loader) head() error {
	f := &l.file
	if !strict.IsName(f.Scenario.Text) {
		return l.Fail(f.Scenario.Place, fmt.Sprintf("scenario is %s, which is not a valid name", strict.Quoted(f.Scenario.Text)),
			"lower-case letters, digits and hyphens, such as gc-pause", "")
	}
	for _, c := range f.Claims.List {
		if !IsClaim(c.Text) {
			return l.Fail(c.Place, fmt.Sprintf("claims names %s", strict.Quoted(c.Text)), "capital letters followed by a number, such as K4", "")
		}
		l.out.Claims = append(l.out.Claims, c.Text)
	}
	if i, _ := plaintext.FindInLine(f.Title.Text); i >= 0 {
		return l.Fail(f.Title.Place, "title contains a tab or has several lines", "one line", "put the rest in text")
	}
	l.out.Name, l.out.Title, l.out.Text = f.Scenario.Text, f.Title.Text, f.Text.Text
	l.out.VirtualOnly = f.VirtualOnly.Text
	return nil
}

// The bounds of a script are far beyond what anybody runs a lock with, and small enough that no sum
// of times overflows.
const (
	MinTTL   = time.Millisecond // Redis measures leases in milliseconds
	MaxTime  = 1000 * time.Hour
	maxTimes = 1000
)

// lease resolves the leases, the length of a trial and the number of clients.
func (l *Loader) lease() error {
	f := &l.file
	var err error
	if l.out.TTL, err = l.Absolute("ttl", f.TTL); err != nil {
		return err
	}
	l.out.LiveTTL = LiveTTL
	if f.LiveTTL.Given() {
		if l.out.LiveTTL, err = l.Absolute("live-ttl", f.LiveTTL); err != nil {
			return err
		}
	}
	if f.Until.In(l.out.TTL) == 0 {
		return l.Fail(f.Until.Place, "until is 0: the trial would end before it begins", "more than 0, such as 4ttl", "")
	}
	if f.Clients.N < 1 || f.Clients.N > sim.MaxClients {
		return l.Fail(f.Clients.Place, fmt.Sprintf("clients is %d", f.Clients.N), fmt.Sprintf("1 to %d", sim.MaxClients), "")
	}
	l.out.Until, l.out.Clients = f.Until.Span, f.Clients.N
	return l.sane("until", f.Until)
}

// Absolute resolves a lease, which must not be written in units of a lease.
func (l *Loader) Absolute(name string, lease strict.Span) (time.Duration, error) {
	ttl := lease.In(0)
	if lease.In(time.Hour) != ttl {
		return 0, l.Fail(lease.Place, name+" is given in leases", `an absolute time such as "10s"`, "")
	}
	if ttl < MinTTL || ttl > MaxTime {
		return 0, l.Fail(lease.Place, fmt.Sprintf("the lease is %s", lease), fmt.Sprintf("from %s to %s", MinTTL, Short(MaxTime)), "")
	}
	return ttl, nil
}

// sane refuses a time so long that it must be a mistake.
func (l *Loader) sane(name string, d strict.Span) error {
	if d.In(l.out.TTL) > MaxTime {
		return l.Fail(d.Place, fmt.Sprintf("%s is %s", name, strict.Quoted(d.String())), fmt.Sprintf("at most %s", Short(MaxTime)), "")
	}
	return nil
}

// guards resolves the guards. Left out, they are all that the account can have. At least one
// backend must be able to run with one of them.
func (l *Loader) guards() error {
	can := l.guardNames()
	named := can
	if l.hasBest() {
		named = append(slices.Clone(can), Best)
	}
	if !l.file.Guards.Given() {
		l.out.Guards = can
	}
	for _, w := range l.file.Guards.List {
		if !slices.Contains(named, w.Text) {
			return l.noGuard(w, named)
		}
		l.out.Guards = append(l.out.Guards, w.Text)
	}
	for _, spec := range l.specs {
		for _, guard := range l.out.Guards {
			if MakesCell(spec, GuardFor(guard, spec)) {
				return nil
			}
		}
	}
	return l.Fail(l.file.Guards.Place, "no backend of this scenario can run with these guards, because none of them issues fencing tokens",
		"a guard that needs no token, such as none or cas", "")
}

// zero returns the span as written, or 0 if it was left out.
func zero(d strict.Span) sim.Span {
	if !d.Given() {
		return sim.MustSpan("0")
	}
	return d.Span
}

// LiveTTL is the lease in the live world unless the script or the user sets another. It is short
// enough to watch and long compared with the jitter of two busy cores.
const LiveTTL = 2 * time.Second

// Everything returns all that a scenario may refer to.
func Everything() Known {
	k := Known{Registry: services.Registry()}
	for _, g := range ledger.Guards() {
		k.Guards = append(k.Guards, string(g))
	}
	return k
}
