package page

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/locklab/locklab/reports/internal/beliefs"
	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// story is what page.js needs to step through a trial.
type story struct {
	SVG     string          `json:"svg,omitempty"` // empty if the page shows it already
	Layout  timeline.Layout `json:"layout"`
	Events  []event         `json:"events"`
	Of      int             `json:"of"` // in the history; Events may be only a part of them
	Moments []moment        `json:"moments,omitempty"`
	Parties []party         `json:"parties"`
}

type event struct {
	Seq   int64         `json:"n"`
	At    time.Duration `json:"at"` // true time, ns
	Host  sim.HostID    `json:"host,omitempty"`
	Says  string        `json:"says"`
	Shows []string      `json:"shows,omitempty"` // the violations that it is evidence of
}

// moment is the event that completed a violation: its last evidence.
type moment struct {
	Seq  int64  `json:"n"`
	What string `json:"what"`
	Why  string `json:"why"`
}

// party is what one party believed. Each list covers the events that are shown: the belief after
// event n is the last entry whose number is n or lower.
type party struct {
	Name    string     `json:"name"`
	Lock    []believed `json:"lock,omitempty"`
	Account []believed `json:"account,omitempty"`
}

type believed struct {
	Seq   int64  `json:"n"`
	Says  string `json:"says"`
	Wrong string `json:"wrong,omitempty"` // why it is wrong; empty if it is not
	Since int64  `json:"since,omitempty"` // with Wrong: the event since which it has been wrong
}

// maxEvents bounds how many events of one trial are in the page.
const maxEvents = 2000

func newStory(h *sim.History, findings []check.Finding, layout timeline.Layout) story {
	s := story{Layout: layout, Of: len(h.Events)}
	shows, balances := map[int64][]string{}, trace.Balances(h)
	for _, f := range words.ByGravity(words.Telling(h, findings)) {
		if f.Verdict != check.Violated || len(f.Evidence) == 0 {
			continue
		}
		last := slices.Max(f.Evidence)
		s.Moments = append(s.Moments, moment{last, words.Property(f.Property), f.Why + leaves(f, balances, last)})
		for _, seq := range f.Evidence {
			shows[seq] = append(shows[seq], words.Property(f.Property))
		}
	}
	narrator := words.NewNarrator(trace.Read(h))
	rescue, saved := words.Rescue(h, findings)
	centre := int64(0)
	switch {
	case saved:
		centre = rescue.Seq
	case len(s.Moments) > 0:
		centre = s.Moments[0].Seq
	}
	from, to := window(len(h.Events), centre)
	for i := from; i < to; i++ {
		e := &h.Events[i]
		says := narrator.Sentence(e)
		if saved && e.Seq == rescue.Seq {
			says += ". So the guard saved the account: " + words.Spared(h, e)
		}
		s.Events = append(s.Events, event{e.Seq, e.At, e.Host, says, shows[e.Seq]})
	}
	first, last := h.Events[from].Seq, h.Events[to-1].Seq
	s.Moments = slices.DeleteFunc(s.Moments, func(m moment) bool { return m.Seq < first || m.Seq > last })
	for _, p := range beliefs.Of(h).Parties {
		s.Parties = append(s.Parties, party{p.Name, within(p.Lock, first, last), within(p.Account, first, last)})
	}
	return s
}

// window returns which of n events to show: all, or those around the event with number centre,
// which is the refusal that saved the account or the gravest violation.
func window(n int, centre int64) (from, to int) {
	if n <= maxEvents {
		return 0, n
	}
	at := int(centre) - 1 // events are numbered from 1
	from = min(max(0, at-maxEvents/2), n-maxEvents)
	return from, from + maxEvents
}

// leaves says what balance a loss left behind and what would be right, at the write that was its
// last evidence.
func leaves(f check.Finding, balances []trace.Balanced, seq int64) string {
	i := slices.IndexFunc(balances, func(b trace.Balanced) bool { return b.Seq == seq })
	if i < 0 || balances[i].Is == balances[i].Right || !slices.Contains(check.Harming(check.TheAccount), f.Property) {
		return ""
	}
	return fmt.Sprintf(". The balance is now %s", words.WouldBeRight(strconv.FormatInt(balances[i].Is, 10), balances[i]))
}

// within returns what was believed between two events.
func within(list []beliefs.Belief, first, last int64) (out []believed) {
	since := int64(0)
	for i, b := range list {
		switch {
		case !b.Wrong:
			since = 0
		case since == 0:
			since = b.Seq
		}
		if b.Seq > last || i+1 < len(list) && list[i+1].Seq <= first {
			continue
		}
		each := believed{Seq: b.Seq, Says: b.Says, Wrong: b.Because}
		if b.Wrong {
			each.Since = since
		}
		out = append(out, each)
	}
	return out
}

// pack compresses a story: JSON, deflate (RFC 1951), base64.
func (s story) pack() (string, error) {
	var text, packed bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return "", err
	}
	deflate, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := deflate.Write(text.Bytes()); err != nil {
		return "", err
	}
	if err := deflate.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}
