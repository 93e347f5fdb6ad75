package page

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/locklab/locklab/reports/beliefs"
	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// story is what page.js needs to step through a trial.
type story struct {
	SVG     string          `json:"svg,omitempty"` // none: it stands in the page
	Layout  timeline.Layout `json:"layout"`
	Events  []event         `json:"events"`
	Of      int             `json:"of"` // events of the history, of which Events may be a part
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

// moment is when a violation was complete: its last evidence.
type moment struct {
	Seq  int64  `json:"n"`
	What string `json:"what"`
	Why  string `json:"why"`
}

// party is what one party believed. Each list covers the events that are shown: what is
// believed after event n is the last entry that begins with n or before.
type party struct {
	Name    string     `json:"name"`
	Lock    []believed `json:"lock,omitempty"`
	Account []believed `json:"account,omitempty"`
}

type believed struct {
	Seq   int64  `json:"n"`
	Says  string `json:"says"`
	Wrong string `json:"wrong,omitempty"` // why; empty: it is not
	Since int64  `json:"since,omitempty"` // with Wrong: the event that it has been wrong from
}

// maxEvents bounds how many events of one trial are in the page.
const maxEvents = 2000

func newStory(h *sim.History, findings []check.Finding, layout timeline.Layout) story {
	s := story{Layout: layout, Of: len(h.Events)}
	shows := map[int64][]string{}
	for _, f := range words.ByGravity(words.Telling(h, findings)) {
		if f.Verdict != check.Violated || len(f.Evidence) == 0 {
			continue
		}
		s.Moments = append(s.Moments, moment{slices.Max(f.Evidence), words.Property(f.Property), f.Why})
		for _, seq := range f.Evidence {
			shows[seq] = append(shows[seq], words.Property(f.Property))
		}
	}
	narrator := words.NewNarrator(h)
	from, to := s.window(h)
	for i := from; i < to; i++ {
		e := &h.Events[i]
		s.Events = append(s.Events, event{e.Seq, e.At, e.Host, narrator.Sentence(e), shows[e.Seq]})
	}
	first, last := h.Events[from].Seq, h.Events[to-1].Seq
	s.Moments = slices.DeleteFunc(s.Moments, func(m moment) bool { return m.Seq < first || m.Seq > last })
	for _, p := range beliefs.Of(h).Parties {
		s.Parties = append(s.Parties, party{p.Name, within(p.Lock, first, last), within(p.Account, first, last)})
	}
	return s
}

// window gives the events to show: all, or those around the gravest violation.
func (s *story) window(h *sim.History) (from, to int) {
	n := len(h.Events)
	if n <= maxEvents {
		return 0, n
	}
	if len(s.Moments) > 0 {
		at := int(s.Moments[0].Seq) - 1 // events are numbered from 1
		from = min(max(0, at-maxEvents/2), n-maxEvents)
	}
	return from, from + maxEvents
}

// within gives what was believed between two events.
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
