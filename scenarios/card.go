package scenarios

import (
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/plaintext"
)

// Card tells a reader of results about a scenario: what it shows, and what theory predicts. It is
// kept beside the results so that they can be read without the script.
type Card struct {
	Scenario string          `json:"scenario"`
	Title    string          `json:"title"`
	Text     string          `json:"text"`
	Claims   []string        `json:"claims,omitempty"` // claims that it tests
	Faults   []sim.FaultKind `json:"faults,omitempty"` // kinds of fault that it does, each once, in the order of the script
	Adds     bool            `json:"adds,omitempty"`   // its clients add elements to a set and take no lock
	File     string          `json:"file,omitempty"`   // for a user's own scenario
	Digest   string          `json:"digest,omitempty"` // of the script; it tells apart two scripts of the same name
	// Seconds says what lengths in seconds come to under leases other than the script's own.
	Seconds []string `json:"seconds,omitempty"`
	// Own says how single clients differ from the others, one sentence each.
	Own   []string   `json:"own,omitempty"`
	Cells []CardCell `json:"cells"` // those that were asked for
}

// CardCell is one cell of a card.
type CardCell struct {
	Backend       string        `json:"backend"`
	Guard         string        `json:"guard"`
	Discipline    string        `json:"discipline"`
	World         string        `json:"world"`
	StandIn       string        `json:"stand_in,omitempty"`       // the backend that stands in for a library in the virtual world
	TTL           time.Duration `json:"ttl"`                      // the lease, ns
	Expect        []Expected    `json:"expect,omitempty"`         // in the order of check.Properties
	Ranges        []CardRange   `json:"ranges,omitempty"`         // the ranges that measures are expected to lie in
	NotApplicable string        `json:"not_applicable,omitempty"` // why the script makes no sense with it; empty: it makes sense
	Unavailable   string        `json:"unavailable,omitempty"`    // why it cannot be run here; empty: it can
}

// Cards describes what these trials are about: a card for each scenario, with a cell for each of
// its cells, in the order in which they first appear. Those that cannot be run come last.
func Cards(trials, missing []Trial) []Card {
	d := deck{place: map[*Scenario]int{}}
	d.addAll(trials, false)
	d.addAll(missing, true)
	return d.cards
}

// deck collects cards, one for each scenario.
type deck struct {
	cards []Card
	place map[*Scenario]int
}

// addAll adds the cells of trials; missing says that these cannot be run.
func (d *deck) addAll(trials []Trial, missing bool) {
	for i := range trials {
		if i == 0 || !trials[i].sameCell(&trials[i-1]) { // there may be a million trials
			d.add(&trials[i], missing)
		}
	}
}

// add adds the cell of a trial unless the card already has it.
func (d *deck) add(t *Trial, missing bool) {
	at, known := d.place[t.Scenario]
	if !known {
		at = len(d.cards)
		d.place[t.Scenario] = at
		d.cards = append(d.cards, t.Scenario.card())
	}
	card, c := &d.cards[at], t.card()
	same := func(o CardCell) bool { return o.In("") == c.In("") }
	if n := len(card.Cells); n > 0 && same(card.Cells[n-1]) || slices.ContainsFunc(card.Cells, same) {
		return
	}
	if told := t.Scenario.InSeconds(t.TTL); told != "" && !slices.Contains(card.Seconds, told) {
		card.Seconds = append(card.Seconds, told)
	}
	if missing {
		if why := t.NotApplicable(); why != nil {
			c.NotApplicable, c.Expect, c.Ranges = plaintext.Visible(why.Error()), nil, nil
		} else {
			c.Unavailable = plaintext.Visible(t.Unavailable().Error())
		}
	}
	card.Cells = append(card.Cells, c)
}

func (s *Scenario) card() Card {
	return Card{Scenario: s.Name, Title: s.Title, Text: s.Text, Claims: s.Claims, Faults: s.Faults(), Adds: s.Workload.Kind == Add, File: s.UserFile(), Digest: s.Digest, Own: s.ownInWords()}
}

// Faults lists the kinds of fault that the script does, each once, in the order of the script.
func (s *Scenario) Faults() (kinds []sim.FaultKind) {
	for _, step := range s.Steps {
		if kind := step.Do.Bare.Kind; !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (t Trial) card() CardCell {
	model, stands, err := Registry().StandIn(t.Backend)
	if err != nil {
		panic(err) // a test tries this with all libraries
	}
	standIn := ""
	if stands {
		standIn = model.String()
	}
	return CardCell{
		Backend: t.Backend.String(), Guard: string(t.Guard), Discipline: t.Discipline.String(), World: t.World, TTL: t.TTL,
		StandIn: standIn,
		Expect:  t.Scenario.Expected(t.cell()), Ranges: t.ranges(),
	}
}
