package script

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// formatKey is a key of the format with its path, such as "steps.on.event".
type formatKey struct {
	strict.Key
	path string
}

// formatKeys lists the keys of a format type, each before those below it.
func formatKeys(under string, t reflect.Type) (out []formatKey) {
	for _, k := range strict.KeysOf(t) {
		path := strings.TrimPrefix(under+"."+k.Name, ".")
		out = append(out, formatKey{k, path})
		inner := t.Field(k.Field).Type
		if reflect.PointerTo(inner).Implements(reflect.TypeFor[strict.Tabled]()) { // its keys are leaves
			continue
		}
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner == reflect.TypeFor[FileClients]() {
			path, inner = path+".1", reflect.TypeFor[fileClient]()
		}
		if inner.Kind() != reflect.Struct || slices.Contains(strict.NamesOf(strict.KeysOf(inner)), "") { // a leaf: its fields have no tags
			continue
		}
		out = append(out, formatKeys(path, inner)...)
	}
	return out
}

const document = "../../docs/scenarios.md"

// section compares the part of the document between two remarks with what the code says. Under
// -update it writes that part.
func section(t *testing.T, name, want string) {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+": from the code, by go test ./scenarios/script -run TestDocument -update -->\n", "<!-- end of "+name+" -->\n"
	before, rest, found := strings.Cut(string(text), begin)
	got, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no part between %q and %q", document, begin, end)
	}
	if scripttest.Update() {
		if err := os.WriteFile(document, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s does not say what the code says of %s; run the test with -update if that is right\ngot:\n%s\nwant:\n%s", document, name, got, want)
	}
}

// TestDocumentListsEveryKey checks the table of keys, without the faults, which have a table of
// their own.
func TestDocumentListsEveryKey(t *testing.T) {
	var b strings.Builder
	b.WriteString("\n| key | meaning |\n| --- | --- |\n")
	for _, k := range formatKeys("", reflect.TypeFor[File]()) {
		if strings.HasPrefix(k.path, "steps.do.") {
			continue
		}
		name := "`" + k.path + "`"
		if k.Required {
			name = "**" + name + "**"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", name, strings.ReplaceAll(k.Doc, "|", "\\|"))
	}
	section(t, "keys", b.String()+"\n")
}

func TestDocumentListsEverySet(t *testing.T) {
	var b strings.Builder
	b.WriteString("\n| set | who is in it | today |\n| --- | --- | --- |\n")
	for _, s := range services.Sets() {
		var names []string
		for _, member := range s.Of(services.Registry()) {
			names = append(names, "`"+member.Name()+"`")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.Name, s.Says, strings.Join(names, ", "))
	}
	section(t, "sets", b.String()+"\n")
}

func TestDocumentListsEveryEvent(t *testing.T) {
	var b strings.Builder
	row := func(on string, kinds []sim.Kind) {
		for _, k := range kinds {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k, on, inWords(k))
		}
	}
	votes := func(k sim.Kind) bool { return strings.HasPrefix(string(k), "node-") }
	account := func(k sim.Kind) bool { return slices.Contains(ledgerKinds(), k) }
	b.WriteString("\n| event | recorded by | when it |\n| --- | --- | --- |\n")
	row("a client", sim.ClientKinds())
	row("`ledger`", slices.DeleteFunc(sim.ServerKinds(), func(k sim.Kind) bool { return !account(k) }))
	row("a server of the lock", slices.DeleteFunc(sim.ServerKinds(), func(k sim.Kind) bool { return account(k) || votes(k) }))
	row("a server of Redlock", slices.DeleteFunc(sim.ServerKinds(), func(k sim.Kind) bool { return !votes(k) }))
	for _, k := range append(sim.ClientKinds(), sim.ServerKinds()...) {
		if n := strings.Count(b.String(), "| `"+string(k)+"` |"); n != 1 {
			t.Errorf("the event %s has %d rows", k, n)
		}
	}
	section(t, "events", b.String()+"\n")
}

func TestDocumentListsEveryProperty(t *testing.T) {
	var b strings.Builder
	b.WriteString("\n| property | violated when |\n| --- | --- |\n")
	for _, p := range check.Properties() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", p, p.Row().Means)
	}
	section(t, "properties", b.String()+"\n")
}

func TestDocumentListsEveryMeasure(t *testing.T) {
	var b strings.Builder
	b.WriteString("\n| measure | what it is |\n| --- | --- |\n")
	for _, m := range check.Measures() {
		only := ""
		if !m.In(sim.LiveWorld) {
			only = " (virtual world)"
		}
		fmt.Fprintf(&b, "| `%s` | %s%s |\n", m, m.Means(), only)
	}
	section(t, "measures", b.String()+"\n")
}

// codes returns the names in backquotes in a cell of a table.
func codes(cell string) (out []string) {
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
		out = append(out, m[1])
	}
	return out
}

// tableOf reads the table with these titles and returns its rows, each as a list of cells.
func tableOf(t *testing.T, path, titles string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), titles+"\n")
	if !found {
		t.Fatalf("%s has no table %q", path, titles)
	}
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "| ") {
			break
		}
		if cells := strings.Split(strings.Trim(line, "| \n"), " | "); cells[0] != "---" {
			rows = append(rows, cells)
		}
	}
	return rows
}

// same compares the names in a table with those that exist.
func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if got, want := slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want)); !slices.Equal(got, want) {
		t.Errorf("the %s of the document are %q, those of the code %q", what, got, want)
	}
}

// TestDocumentListsEveryFaultAndRole checks that the tables written by hand have a row for each
// name, and no others.
func TestDocumentListsEveryFaultAndRole(t *testing.T) {
	var kinds, roles []string
	do := reflect.TypeFor[fileDo]()
	for _, row := range tableOf(t, document, "| fault | what it does | keys |") {
		kind := codes(row[0])[0]
		kinds = append(kinds, kind)
		i := slices.IndexFunc(strict.KeysOf(do), func(k strict.Key) bool { return k.Name == kind })
		if i < 0 {
			t.Errorf("the document has a fault %s, which the format has not", kind)
			continue
		}
		var has []string
		for _, name := range codes(row[2]) {
			name, _, _ = strings.Cut(name, ":")
			has = append(has, name)
		}
		for _, name := range strict.NamesOf(strict.KeysOf(do.Field(strict.KeysOf(do)[i].Field).Type)) {
			if !slices.Contains(has, name) {
				t.Errorf("the document does not say that the fault %s has a key %s", kind, name)
			}
			has = slices.DeleteFunc(has, func(s string) bool { return s == name || s == string(sim.MonotonicClock) })
		}
		if len(has) > 0 {
			t.Errorf("the document says that the fault %s has %q, which the format has not", kind, has)
		}
	}
	for _, row := range tableOf(t, document, "| role | who that is |") {
		roles = append(roles, codes(row[0])...)
	}
	same(t, "faults", kinds, faultNames())
	var all []string
	for _, r := range sim.Roles() {
		all = append(all, string(r))
	}
	same(t, "roles", roles, all)
}

// TestDocumentListsEveryPreconditionAndGuard checks that the document on how locklab is built has
// every precondition, every guard, and whether that guard needs a token.
func TestDocumentListsEveryPreconditionAndGuard(t *testing.T) {
	const built = "../../docs/architecture.md"
	var preconditions, guards, all []string
	for _, row := range tableOf(t, built, "| precondition | not met if |") {
		preconditions = append(preconditions, codes(row[0])...)
		if p := check.Property(preconditions[len(preconditions)-1]); row[1] != p.Row().Means {
			t.Errorf("the document says of %s that it is not met if %s; the code says %s", p, row[1], p.Row().Means)
		}
	}
	for _, p := range check.Preconditions() {
		all = append(all, string(p))
	}
	same(t, "preconditions", preconditions, all)
	for _, row := range tableOf(t, built, "| guard | rule | needs a token |") {
		name := codes(row[0])[0]
		guards = append(guards, name)
		guard, err := ledger.ParseGuard(name)
		if err != nil {
			t.Error(err)
		} else if says := row[2] == "yes"; says != guard.NeedsToken() {
			t.Errorf("the document says that guard %s needs a token: %v", name, says)
		}
	}
	all = nil
	for _, g := range ledger.AllGuards() {
		all = append(all, string(g))
	}
	same(t, "guards", guards, all)
}
