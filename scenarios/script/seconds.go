package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// InSeconds lists the lengths in the script that are not given in leases, each with how many leases
// it comes to when the script runs under another lease than its own: "lease 2s in place of the
// script's 45s: `for: 20s` is 10 leases". It returns "" if that makes no difference.
func (s *Scenario) InSeconds(ttl time.Duration) string {
	if ttl == s.TTL {
		return ""
	}
	var told []string
	for _, l := range s.lengths() {
		if d := l.span.In(ttl); d > 0 && d == l.span.In(2*ttl) {
			leases := strconv.FormatFloat(float64(d)/float64(ttl), 'g', 3, 64)
			text := fmt.Sprintf("`%s: %s` is %s leases", l.key, l.span, leases)
			if leases == "1" {
				text = strings.TrimSuffix(text, "s")
			}
			told = append(told, text)
		}
	}
	if len(told) == 0 {
		return ""
	}
	return fmt.Sprintf("lease %s in place of the script's %s: %s", Short(ttl), Short(s.TTL), strings.Join(told, ", "))
}

// keyLength is a length of time in the script and the key it stands under.
type keyLength struct {
	key  string
	span sim.Span
}

// lengths returns the lengths of time in a script, in the order of the file.
func (s *Scenario) lengths() (all []keyLength) {
	add := func(key string, span *sim.Span) {
		if span != nil && span.String() != "" {
			all = append(all, keyLength{key, *span})
		}
	}
	w := s.Workload
	add("think", w.ThinkAtLeast)
	add("think", &w.Think)
	add("stagger", w.StaggerAtLeast)
	add("stagger", &w.Stagger)
	add("every", &w.Every)
	if w.Wait != s.Until { // otherwise wait was left out
		add("wait", &w.Wait)
	}
	for _, d := range w.Disciplines {
		add("late", &d.Late)
	}
	for _, o := range s.Own {
		add("think", o.ThinkAtLeast)
		add("think", o.Think)
		add("wait", o.Wait)
		add("ttl", o.TTL)
		if o.Discipline != nil {
			add("late", &o.Discipline.Late)
		}
	}
	for _, o := range slices.Concat(s.Lock, s.ownLocks()) {
		if span, err := sim.ParseSpan(o.Value); err == nil {
			add(o.Name, &span)
		}
	}
	for _, spec := range s.Backends {
		for _, part := range strings.Split(spec, "+")[1:] {
			name, value, _ := strings.Cut(part, "=")
			if span, err := sim.ParseSpan(value); err == nil {
				add(name, &span)
			}
		}
	}
	for _, step := range s.Steps {
		add("at", step.At)
		add("after", &step.After)
		add("every", step.Every)
		add("for", step.Do.ForAtLeast)
		add("for", step.Do.For)
		add("by", step.Do.By)
		if step.Do.Step != nil {
			bare := strings.TrimLeft(step.Do.Step.String(), "+-")
			if span, err := sim.ParseSpan(bare); err == nil {
				add("step", &span)
			}
		}
	}
	add("until", &s.Until)
	return all
}
