package terminal

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// List writes everything there is to run: these scenarios, every lock service with its options, the
// sets of services that scripts can name, and every guard of the account.
func List(w io.Writer, all []*script.Scenario, opts typeset.Options) error {
	var b strings.Builder
	switch opts.Format {
	case typeset.CSV:
		return typeset.WriteCSV(w, listRows(all))
	case typeset.JSON:
		return typeset.WriteJSON(w, listDocumentOf(all))
	case typeset.Markdown:
		listMarkdown(&b, all)
	case typeset.Table, "":
		listTable(&b, all, typeset.Painter{On: opts.Colour}, opts.Width())
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	return nil
}

// listDocument is everything there is to run, as JSON.
type listDocument struct {
	Scenarios    []scenarioDocument `json:"scenarios"`
	LockServices []serviceDocument  `json:"lock_services"`
	Sets         []setDocument      `json:"sets"`
	Guards       []guardDocument    `json:"guards"`
}

type scenarioDocument struct {
	Name     string          `json:"name"`
	Title    string          `json:"title"`
	Claims   []string        `json:"claims"`
	Faults   []sim.FaultKind `json:"faults"`
	Backends []string        `json:"backends"`
	Guards   []string        `json:"guards"`
	Battery  bool            `json:"battery,omitempty"` // it does the same to every lock service
}

type serviceDocument struct {
	Name     string           `json:"name"`
	Title    string           `json:"title"`
	LiveOnly bool             `json:"live_only"` // it cannot be simulated
	Tokens   bool             `json:"tokens"`    // it issues fencing tokens
	Options  []optionDocument `json:"options"`
}

type optionDocument struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"` // switch, duration, int or choice
	Default string `json:"default"`
	Doc     string `json:"doc"`
}

type setDocument struct {
	Name         string   `json:"name"`
	Says         string   `json:"says"`
	LockServices []string `json:"lock_services"` // without their option sets
}

type guardDocument struct {
	Name       string `json:"name"`
	Rule       string `json:"rule"`
	NeedsToken bool   `json:"needs_token"`
}

func listDocumentOf(all []*script.Scenario) listDocument {
	d := listDocument{Scenarios: []scenarioDocument{}}
	for _, s := range all {
		d.Scenarios = append(d.Scenarios, scenarioDocument{s.Name, s.Title, typeset.OrEmpty(s.Claims), typeset.OrEmpty(s.Faults()), s.Backends, s.Guards, s.Battery})
	}
	for _, b := range services.Registry() {
		service := serviceDocument{Name: b.Name(), Title: b.Title(), LiveOnly: trial.LiveOnly(b), Tokens: b.IssuesTokens(), Options: []optionDocument{}}
		for _, o := range b.Options() {
			service.Options = append(service.Options, optionDocument{o.Name, string(o.Kind), o.Default, o.Doc})
		}
		d.LockServices = append(d.LockServices, service)
	}
	for _, s := range services.Sets() {
		set := setDocument{Name: s.Name, Says: s.Says, LockServices: []string{}}
		for _, b := range s.Of(services.Registry()) {
			set.LockServices = append(set.LockServices, b.Name())
		}
		d.Sets = append(d.Sets, set)
	}
	for _, g := range ledger.AllGuards() {
		d.Guards = append(d.Guards, guardDocument{string(g), g.Rule(), g.NeedsToken()})
	}
	return d
}

// parts separates the scenarios of the battery from the others.
func (d listDocument) parts() (battery, others []scenarioDocument) {
	for _, s := range d.Scenarios {
		if s.Battery {
			battery = append(battery, s)
			continue
		}
		others = append(others, s)
	}
	return battery, others
}

// listRows builds the CSV rows. An option's name follows that of its service, as in redis+renew.
func listRows(all []*script.Scenario) [][]string {
	d := listDocumentOf(all)
	rows := [][]string{{"kind", "name", "says", "default", "claims"}}
	for _, s := range d.Scenarios {
		kind := "scenario"
		if s.Battery {
			kind = "battery"
		}
		rows = append(rows, []string{kind, s.Name, s.Title, "", strings.Join(s.Claims, " ")})
	}
	for _, b := range d.LockServices {
		rows = append(rows, []string{"lock service", b.Name, b.says(), "", ""})
		for _, o := range b.Options {
			rows = append(rows, []string{"option", b.Name + "+" + o.Name, o.Doc, o.Default, ""})
		}
	}
	for _, s := range d.Sets {
		rows = append(rows, []string{"set", s.Name, s.says(), "", ""})
	}
	for _, g := range d.Guards {
		rows = append(rows, []string{"guard", g.Name, g.Rule, "", ""})
	}
	return rows
}

func (s serviceDocument) says() string {
	if s.LiveOnly {
		return s.Title + " (live world only)"
	}
	return s.Title
}

func (s setDocument) says() string {
	if len(s.LockServices) == 0 {
		return s.Says
	}
	return s.Says + ": " + strings.Join(s.LockServices, ", ")
}

func (o optionDocument) says() string { return fmt.Sprintf("%s (default %s)", o.Doc, o.Default) }

func listMarkdown(b *strings.Builder, all []*script.Scenario) {
	d := listDocumentOf(all)
	battery, others := d.parts()
	rows := [][]string{{"scenario", "what happens"}}
	for _, s := range battery {
		rows = append(rows, []string{s.Name, s.Title})
	}
	b.WriteString("### Battery\n\n")
	typeset.MarkdownTable(b, rows)
	rows = [][]string{{"scenario", "what happens", "claims"}}
	for _, s := range others {
		rows = append(rows, []string{s.Name, s.Title, strings.Join(s.Claims, " ")})
	}
	b.WriteString("\n### Scenarios\n\n")
	typeset.MarkdownTable(b, rows)
	rows = [][]string{{"lock service or option", "what it is", "default"}}
	for _, s := range d.LockServices {
		rows = append(rows, []string{s.Name, s.says(), ""})
		for _, o := range s.Options {
			rows = append(rows, []string{"+" + o.Name, o.Doc, o.Default})
		}
	}
	b.WriteString("\n### Lock services\n\n")
	typeset.MarkdownTable(b, rows)
	rows = [][]string{{"set", "lock services in it"}}
	for _, s := range d.Sets {
		rows = append(rows, []string{s.Name, s.says()})
	}
	b.WriteString("\n### Sets of lock services\n\n")
	typeset.MarkdownTable(b, rows)
	rows = [][]string{{"guard", "rule"}}
	for _, g := range d.Guards {
		rows = append(rows, []string{g.Name, g.Rule})
	}
	b.WriteString("\n### Guards of the account\n\n")
	typeset.MarkdownTable(b, rows)
}

// entry is a line of the list: a name and what is said of it.
type entry struct{ indent, name, says string }

func listTable(b *strings.Builder, all []*script.Scenario, p typeset.Painter, width int) {
	d := listDocumentOf(all)
	var list []entry
	battery, others := d.parts()
	for _, s := range battery {
		list = append(list, entry{"  ", s.Name, s.Title})
	}
	writeEntriesUnder(b, p, "BATTERY (the same for every lock service)", list, width)
	list = nil
	b.WriteByte('\n')
	for _, s := range others {
		says := s.Title
		if len(s.Claims) > 0 {
			says += " (" + strings.Join(s.Claims, " ") + ")"
		}
		list = append(list, entry{"  ", s.Name, says})
	}
	writeEntriesUnder(b, p, "SCENARIOS (and the claims they test)", list, width)
	list = nil
	for _, s := range d.LockServices {
		list = append(list, entry{"  ", s.Name, s.says()})
		for _, o := range s.Options {
			list = append(list, entry{"    ", "+" + o.Name, o.says()})
		}
	}
	b.WriteByte('\n')
	writeEntriesUnder(b, p, "LOCK SERVICES", list, width)
	list = nil
	for _, s := range d.Sets {
		list = append(list, entry{"  ", s.Name, s.says()})
	}
	b.WriteByte('\n')
	writeEntriesUnder(b, p, "SETS OF LOCK SERVICES (for scripts)", list, width)
	list = nil
	for _, g := range d.Guards {
		list = append(list, entry{"  ", g.Name, g.Rule})
	}
	b.WriteByte('\n')
	writeEntriesUnder(b, p, "GUARDS OF THE ACCOUNT", list, width)
}

func writeEntriesUnder(b *strings.Builder, p typeset.Painter, title string, list []entry, width int) {
	b.WriteString(p.Paint(typeset.Strong, title) + "\n")
	names := 0
	for _, e := range list {
		names = max(names, utf8.RuneCountInString(e.indent+e.name))
	}
	for _, e := range list {
		typeset.Hang(b, typeset.Pad(e.indent+e.name, names+typeset.ColumnGap), e.says, width)
	}
}
