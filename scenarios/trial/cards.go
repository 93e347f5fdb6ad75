package trial

import (
	"slices"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim/plaintext"
)

// Cards describes what these trials are about: a card for each scenario, with a cell for each of
// its cells, in the order in which they first appear. Those that cannot be run come last.
func Cards(trials, missing []Trial) []outcome.Card {
	d := deck{place: map[*script.Scenario]int{}}
	d.addAll(trials, false)
	d.addAll(missing, true)
	return d.cards
}

// deck collects cards, one for each scenario.
type deck struct {
	cards []outcome.Card
	place map[*script.Scenario]int
}

// addAll adds the cells of trials; missing says that these cannot be run.
func (d *deck) addAll(trials []Trial, missing bool) {
	for i := range trials {
		if i == 0 || !trials[i].sameCell(&trials[i-1]) { // there may be many trials
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
		d.cards = append(d.cards, cardOf(t.Scenario))
	}
	card, c := &d.cards[at], t.card()
	same := func(o outcome.CardCell) bool { return o.In("") == c.In("") }
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

func cardOf(s *script.Scenario) outcome.Card {
	return outcome.Card{Scenario: s.Name, Title: s.Title, Text: s.Text, Claims: s.Claims, Faults: s.Faults(), Battery: s.Battery, Adds: s.Adds(), File: s.UserFile(), Digest: s.Digest, Own: s.OwnInWords()}
}

func (t Trial) card() outcome.CardCell {
	model, stands, err := services.Registry().StandIn(t.Backend)
	if err != nil {
		panic(err) // a test tries this with all libraries
	}
	standIn := ""
	if stands {
		standIn = model.String()
	}
	return outcome.CardCell{
		Backend: t.Backend.String(), Guard: string(t.Guard), Discipline: t.Discipline.String(), World: t.World, TTL: t.TTL,
		StandIn: standIn,
		Expect:  t.Scenario.Expected(t.cell()), Ranges: cardRanges(t),
	}
}

// cardRanges lists what the scenario expects of the measures of the trial's cell.
func cardRanges(t Trial) (out []outcome.CardRange) {
	for _, r := range t.Scenario.Bounds(t.cell()) {
		c := outcome.CardRange{Measure: r.Measure, Of: r.Of, From: r.From.In(t.TTL, r.Measure), To: r.To.In(t.TTL, r.Measure)}
		if r.Of != bound.EveryValue {
			c.Written, c.Because = []string{r.From.String(), r.To.String()}, r.Because
		}
		out = append(out, c)
	}
	return out
}

// Summarize counts the results of each cell, in the order in which the cells first appear. The
// results must be of one run.
func Summarize(judged []Judged) []outcome.Summary {
	trials := make([]Trial, len(judged))
	for i := range judged {
		trials[i] = judged[i].Trial
	}
	s := outcome.NewSummaries(Cards(trials, nil))
	for i := range judged {
		if err := s.Add(&judged[i].Result); err != nil {
			panic(err) // a run has one lease per cell
		}
	}
	return s.Cells()
}
