package script

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim/check"
)

// The types in this file are the format: the loader reads into them, and the JSON Schema is
// generated from them. The yaml tag gives a key's name; a key without omitempty is required. The
// doc tag says what the key is for, in the editor and in error messages. A field without a name
// stands for the keys of a table (see strict.Tabled).
//
// The types hold what was written and where. The loader turns them into a Scenario.

// File is a scenario as it was written.
type File struct {
	strict.Place `yaml:"-"`
	Scenario     strict.Word    `yaml:"scenario" doc:"the scenario's name on the command line, in lower-case letters, digits and hyphens"`
	Title        strict.Word    `yaml:"title" doc:"one line that says what happens"`
	Claims       strict.Words   `yaml:"claims,omitempty" doc:"the claims of the debate that the scenario tests, such as K4"`
	Text         strict.Word    `yaml:"text" doc:"a paragraph for the reader: what happens and why it matters"`
	TTL          strict.Span    `yaml:"ttl" doc:"the lease in the virtual world, such as 10s; --ttl sets another, and the live world has one of 2s; other times can be given in units of it, such as 1.5ttl"`
	LiveTTL      strict.Span    `yaml:"live-ttl,omitempty" doc:"the lease in the live world, such as 4s, where 2s is too short because something takes the servers a fixed time; --ttl sets another"`
	Clients      strict.Number  `yaml:"clients" doc:"how many clients there are: hosts client-1, client-2 and so on, at most 100"`
	Workload     FileWorkload   `yaml:"workload" doc:"what every client does"`
	Client       FileClients    `yaml:"client,omitempty" doc:"how single clients differ from the others, by number, such as {1: {think: 8ttl, ttl: 0.5ttl}}"`
	Lock         strict.Options `yaml:"lock,omitempty" doc:"options of the lock, such as timeout: 4ttl, for every backend that has them and does not set them itself"`
	Backends     strict.Words   `yaml:"backends,omitempty" doc:"the lock services to run it with, such as redis or redis+elapsed-check, and sets of them: {sets}; all services if left out"`
	Guards       strict.Words   `yaml:"guards,omitempty" doc:"the guards at the account to run it with: {guards}, or best, which is fence-all with lock services that issue fencing tokens and cas with others; where the lock service keeps the account, none, cas or lock-key; all of them if left out"`
	Size         fileSize       `yaml:"size,omitempty" doc:"how large the fault is: the number that takes the place of $size in the script"`
	Steps        []FileStep     `yaml:"steps,omitempty" doc:"the faults, and when each of them happens"`
	VirtualOnly  strict.Word    `yaml:"virtual-only,omitempty" doc:"why the scenario cannot be run with real processes, if it cannot; it is then not run in the live world"`
	Until        strict.Span    `yaml:"until" doc:"when a trial ends if its clients have not finished"`
	Misfits      []fileMisfit   `yaml:"not-applicable,omitempty" doc:"lock services that the scenario makes no sense with, and why"`
	Expect       []fileExpect   `yaml:"expect" doc:"what theory predicts, and why; a trial passes if it comes out that way, even if that is a violation"`
}

// Doc returns what a key is for. In the tag, {guards} and {sets} stand for the lists of them, so that
// these need not be written twice.
func (*File) Doc(tag string) string {
	var guards []string
	for _, g := range ledger.Guards() {
		guards = append(guards, string(g))
	}
	return strings.NewReplacer("{guards}", strict.Listed(guards), "{sets}", strict.Listed(services.Names())).Replace(tag)
}

// FileWorkload is what every client does, as it was written: one of the three.
type FileWorkload struct {
	strict.Place `yaml:"-"`
	Withdraw     fileWithdraw   `yaml:"withdraw,omitempty" doc:"take the lock, read the balance, work, write the balance, give the lock back"`
	ChargeOnce   fileChargeOnce `yaml:"charge-once,omitempty" doc:"a job that must be done once, and that every client may pick up: take the lock, look whether the job is done, work, charge the account for it, mark it as done, give the lock back"`
	Add          fileAdd        `yaml:"add,omitempty" doc:"add elements to a set that the lock service keeps, without taking any lock; when the trial is over, which is not before until, the set is read, and an acknowledged element that it lacks is a lost update"`
}

type fileWithdraw struct {
	strict.Place `yaml:"-"`
	Account      strict.Word     `yaml:"account,omitempty" doc:"where the account is: own-host, or lock-service if the lock service is to keep it itself, beside the lock; own-host if left out"`
	Times        strict.Number   `yaml:"times,omitempty" doc:"how many withdrawals each client makes, one after the other; 1 if left out"`
	Think        length          `yaml:"think,omitempty" doc:"how long a client works between reading and writing the balance, such as 0.2ttl, or drawn each time, such as {uniform: [0s, 2s]}"`
	Stagger      length          `yaml:"stagger,omitempty" doc:"client 2 starts this much after client 1, client 3 as much after client 2; or drawn for each of them"`
	Every        strict.Span     `yaml:"every,omitempty" doc:"the interval at which a client starts its withdrawals, whatever becomes of them; back to back if left out"`
	Wait         strict.Span     `yaml:"wait,omitempty" doc:"how long a client waits for the lock before it gives up; to the end if left out"`
	Discipline   FileDisciplines `yaml:"discipline,omitempty" doc:"how clients treat what they know of their lock: attentive (they stop when told that it is lost, and check their deadline right before the write), heedless (they check nothing), or {late: 0.5ttl} (they keep working for that long); a list of them for several; attentive if left out"`
}

func (*fileWithdraw) Retired(key string) string { return retiredCheck(key) }

type fileChargeOnce struct {
	strict.Place `yaml:"-"`
	Jobs         strict.Number   `yaml:"jobs,omitempty" doc:"how many jobs there are, one after the other; 1 if left out"`
	Think        length          `yaml:"think,omitempty" doc:"how long a client works between looking and charging, or drawn each time, such as {uniform: [0s, 2s]}"`
	Stagger      length          `yaml:"stagger,omitempty" doc:"client 2 starts this much after client 1, client 3 as much after client 2; or drawn for each of them"`
	Wait         strict.Span     `yaml:"wait,omitempty" doc:"how long a client waits for the lock before it gives up; to the end if left out"`
	Discipline   FileDisciplines `yaml:"discipline,omitempty" doc:"how clients treat what they know of their lock: attentive (they stop when told that it is lost, and check their deadline right before the charge), heedless (they check nothing), or {late: 0.5ttl} (they keep working for that long); a list of them for several; attentive if left out"`
}

func (*fileChargeOnce) Retired(key string) string { return retiredCheck(key) }

type fileAdd struct {
	strict.Place `yaml:"-"`
	Times        strict.Number `yaml:"times,omitempty" doc:"how many elements each client adds, one after the other; 1 if left out"`
	Think        length        `yaml:"think,omitempty" doc:"how long a client works before it adds an element, or drawn each time, such as {uniform: [0s, 2s]}"`
	Stagger      length        `yaml:"stagger,omitempty" doc:"client 2 starts this much after client 1, client 3 as much after client 2; or drawn for each of them"`
	Every        strict.Span   `yaml:"every,omitempty" doc:"the interval at which a client adds its elements, whatever becomes of them; back to back if left out"`
}

// retiredCheck returns what to write in place of a key of older files; empty means that the key was
// never one.
func retiredCheck(key string) string {
	if key != "check" {
		return ""
	}
	return "instead of check: true, write discipline: attentive or nothing, since that is the default; instead of check: false, write discipline: heedless"
}

// FileStep is a step as it was written.
type FileStep struct {
	strict.Place `yaml:"-"`
	On           fileOn        `yaml:"on,omitempty" doc:"the event at which the step happens; the process that causes it is held there until the fault is in effect"`
	At           strict.Span   `yaml:"at,omitempty" doc:"the time at which the step happens, instead of an event"`
	After        strict.Span   `yaml:"after,omitempty" doc:"how long after the event; the process is not held then"`
	Every        strict.Span   `yaml:"every,omitempty" doc:"the step happens again and again, each time this much after the time before"`
	Times        strict.Number `yaml:"times,omitempty" doc:"how often the step happens in all, with every; until the end if left out"`
	Do           fileDo        `yaml:"do" doc:"the fault"`
}

// Noun says what errors call a step.
func (*FileStep) Noun() string { return "this step" }

type fileOn struct {
	strict.Place `yaml:"-"`
	Client       strict.Number `yaml:"client,omitempty" doc:"the client that the event happens to: 1, 2 and so on"`
	Host         strict.Word   `yaml:"host,omitempty" doc:"the host that the event happens on, instead of a client: ledger, or a server of the lock service"`
	Event        strict.Word   `yaml:"event" doc:"the kind of event"`
	Nth          strict.Number `yaml:"nth,omitempty" doc:"the first, second, third such event; 1 if left out"`
}

type fileExpect struct {
	strict.Place `yaml:"-"`
	Backend      strict.Words    `yaml:"backend,omitempty" doc:"the backends that this row is about, or sets of them; all of the scenario's if left out"`
	Guard        strict.Words    `yaml:"guard,omitempty" doc:"the guards that this row is about; all of the scenario's if left out"`
	Discipline   FileDisciplines `yaml:"discipline,omitempty" doc:"the disciplines that this row is about; all of the scenario's if left out"`
	Verdicts     fileVerdicts    `yaml:",omitempty"` // a key for each property
	Measures     FileRanges      `yaml:"measures,omitempty" doc:"figures and the range that they lie in, both ends included, such as {lease: [1ttl, 1.1ttl]}"`
	Because      strict.Word     `yaml:"because" doc:"the reason, in one sentence"`
}

func (*fileExpect) Noun() string { return "this row" }

// fileVerdicts is what a row expects of properties, in the order of check.Properties. The table of
// properties says which keys there are and what they are for.
type fileVerdicts []fileVerdict

// fileVerdict is what a row expects of one property.
type fileVerdict struct {
	property check.Property
	verdict  VerdictWord
}

func (fileVerdicts) Keys() (keys []strict.Key) {
	for _, p := range check.Properties() {
		keys = append(keys, strict.Key{Name: string(p), Doc: "violated: " + p.Row().Means})
	}
	return keys
}

// Add makes room for what a row says about one property.
func (f *fileVerdicts) Add(name string) reflect.Value {
	rank := func(p check.Property) int { return slices.Index(check.Properties(), p) }
	i, _ := slices.BinarySearchFunc(*f, check.Property(name), func(v fileVerdict, p check.Property) int { return rank(v.property) - rank(p) })
	*f = slices.Insert(*f, i, fileVerdict{property: check.Property(name)})
	return reflect.ValueOf(&(*f)[i].verdict).Elem()
}

// fileClient says how one client differs from the others.
type fileClient struct {
	strict.Place `yaml:"-"`
	Think        length         `yaml:"think,omitempty" doc:"how long this client works, or drawn each time"`
	Times        strict.Number  `yaml:"times,omitempty" doc:"how many withdrawals this client makes; not with charge-once, whose jobs all clients share"`
	Wait         strict.Span    `yaml:"wait,omitempty" doc:"how long this client waits for the lock before it gives up"`
	Discipline   fileDiscipline `yaml:"discipline,omitempty" doc:"how this client treats what it knows of its lock, whatever the discipline of the others"`
	TTL          strict.Span    `yaml:"ttl,omitempty" doc:"the lease of this client's lock, such as 0.5ttl; other times in units of ttl stay in units of the scenario's"`
	Lock         strict.Options `yaml:"lock,omitempty" doc:"options of this client's lock, such as {renew: off}, whatever those of the others; not those that are about the servers"`
}

func (*fileClient) Noun() string { return "this client" }

// FileClients are clients by number.
type FileClients struct {
	strict.Place
	list []numberedClient
}

type numberedClient struct {
	number strict.Number
	fileClient
}

// Read reads the clients, by number.
func (f *FileClients) Read(s *strict.Source, name string, n ast.Node) error {
	const shape = "a mapping from client numbers to their differences, such as {1: {think: 8ttl}}"
	f.Place = strict.At(n)
	entries, ok, err := s.Entries(n)
	switch {
	case err != nil:
		return err
	case !ok:
		return s.WrongType(name, n, shape)
	case len(entries) == 0:
		return s.Fail(f.Place, name+" names no client", shape, "")
	}
	for _, e := range entries {
		one := numberedClient{number: strict.Number{Place: e.Key.Place}}
		if one.number.N, err = strconv.Atoi(e.Key.Text); err != nil || strconv.Itoa(one.number.N) != e.Key.Text {
			return s.Fail(e.Key.Place, name+" has the key "+strict.Quoted(e.Key.Text), "the number of a client, such as 1", "")
		}
		if err := s.DecodeFields("client "+e.Key.Text, e.Value, &one.fileClient); err != nil {
			return err
		}
		f.list = append(f.list, one)
	}
	return nil
}
