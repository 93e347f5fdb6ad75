package script

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// pageWidth is the width of what Describe writes, in characters.
const pageWidth = 88

// Describe writes what a scenario does, for a reader: the story, who takes part, what happens step
// by step, and what is expected to come out and why. Times are given in leases and, for the
// scenario's own lease, in absolute terms.
func Describe(w io.Writer, s *Scenario) error {
	var b strings.Builder
	b.WriteString(s.Name + ": " + s.Title + "\n")
	if len(s.Claims) > 0 {
		b.WriteString("tests " + strings.Join(s.Claims, ", ") + "\n")
	}
	b.WriteString("\n" + wrap(s.Text, "  ", "  ", pageWidth))
	b.WriteString("\nWho takes part\n" + s.participantsInWords())
	b.WriteString("\nWhat happens\n" + s.stepsInWords())
	b.WriteString("\nWhat is expected\n" + s.expectedInWords())
	_, err := io.WriteString(w, b.String())
	return err
}

// line formats one entry of a list, with a heading in front.
func line(heading, text string) string {
	const indent = 16
	return wrap(text, fmt.Sprintf("  %-*s", indent-2, heading), strings.Repeat(" ", indent), pageWidth)
}

func (s *Scenario) participantsInWords() string {
	names := "client-1"
	switch {
	case s.Clients == 2:
		names = "client-1 and client-2"
	case s.Clients > 2:
		names = fmt.Sprintf("client-1 to client-%d", s.Clients)
	}
	out := line("clients", names)
	out += line("each of them", s.Workload.inWords(s))
	for _, o := range s.Own {
		out += line(string(sim.ClientID(o.Index)), o.inWords(s))
	}
	if s.Workload.Kind != workload.Add {
		for _, d := range s.Workload.Disciplines {
			out += line(string(d.Kind), d.inWords(s.TTL))
		}
	}
	out += s.accountInWords()
	out += line("lock", strings.Join(s.Backends, ", "))
	for _, name := range s.sets {
		if set, is := services.Named(name); is {
			out += wrap(set.Says, fmt.Sprintf("    %-11s ", name), strings.Repeat(" ", 18), pageWidth)
		}
	}
	for _, o := range s.Lock {
		out += line("", fmt.Sprintf("with %s=%s, where it has this option", o.Name, o.Value))
	}
	lease := Short(s.TTL)
	if s.LiveTTL != LiveTTL {
		lease += fmt.Sprintf(", in the live world %s", Short(s.LiveTTL))
	}
	return out + line("lease", lease+"; 1ttl is one lease, whatever its length")
}

// accountInWords says where the account is and what it asks of its writers, or that there is none.
func (s *Scenario) accountInWords() string {
	if s.Workload.Kind == workload.Add {
		return line("set", "kept by the lock service, and read when the trial is over; no lock is taken")
	}
	where := fmt.Sprintf("host %s", ledger.HostID)
	if s.Inside {
		where = "kept by the lock service itself"
	}
	out := line("account", where+", under one of these guards:")
	for _, g := range s.Guards {
		rule := "a guard with no known rule"
		if g == Best {
			rule = fmt.Sprintf("%s with lock services that issue tokens, otherwise %s", ledger.FenceAll, ledger.CAS)
		} else if known, err := ledger.ParseGuard(g); err == nil {
			rule = known.Rule()
		}
		out += wrap(rule, fmt.Sprintf("    %-13s ", g), strings.Repeat(" ", 18), pageWidth)
	}
	return out
}

func (w Workload) inWords(s *Scenario) string {
	parts := []string{"takes the lock", "reads the balance"}
	switch w.Kind {
	case workload.Withdraw:
	case workload.Add:
		return w.addsInWords(s)
	case workload.ChargeOnce:
		parts[1] = "checks whether the job is done"
	default:
		panic(fmt.Sprintf("there are no words for the workload %q", string(w.Kind)))
	}
	if w.Think.In(s.TTL) > 0 {
		parts = append(parts, "works for "+drawnInWords(w.ThinkAtLeast, w.Think, s.TTL))
	}
	last := "writes the new balance"
	if w.Kind == workload.ChargeOnce {
		last = "charges the account, marks the job as done"
	}
	text := strings.Join(append(parts, last), ", ") + " and gives the lock back"
	text += w.oftenInWords(s)
	if w.Wait.In(s.TTL) < s.Until.In(s.TTL) {
		text += fmt.Sprintf("; it waits at most %s for the lock", inBoth(w.Wait, s.TTL))
	}
	return text
}

func (s *Scenario) stepsInWords() string {
	start := "client-1 begins"
	switch stagger := s.Workload.Stagger; {
	case s.Clients == 1:
	case stagger.In(s.TTL) == 0:
		start = "all clients begin at once"
	case s.Clients == 2:
		start += ", client-2 " + drawnInWords(s.Workload.StaggerAtLeast, stagger, s.TTL) + " later"
	default:
		start += ", each other client " + drawnInWords(s.Workload.StaggerAtLeast, stagger, s.TTL) + " after the one before"
	}
	out := line("0", start)
	if s.Size != nil {
		out += line("size", fmt.Sprintf("%s: %s", s.Size.Name, s.Size.Text()))
	}
	for i, step := range s.Steps {
		out += line(fmt.Sprintf("step %d", i+1), step.inWords(s))
	}
	if len(s.Steps) == 0 {
		out += line("", "there is no fault")
	}
	if s.Workload.Kind == workload.Add {
		return out + line("end", fmt.Sprintf("at %s, when the set is read", inBoth(s.Until, s.TTL)))
	}
	return out + line("end", fmt.Sprintf("when every client is done, and at %s at the latest", inBoth(s.Until, s.TTL)))
}

func (step Step) inWords(s *Scenario) string {
	fault := step.Do.inWords(s) + step.repeatsInWords(s)
	if step.On == nil {
		return fmt.Sprintf("%s after the start: %s", inBoth(*step.At, s.TTL), fault)
	}
	event := fmt.Sprintf("%s %s for the %s time", step.On.Host, inWords(step.On.Event), ordinal(step.On.Nth))
	if step.After.In(s.TTL) > 0 {
		return fmt.Sprintf("%s after %s: %s", inBoth(step.After, s.TTL), event, fault)
	}
	return fmt.Sprintf("when %s, before it does anything else: %s", event, fault)
}

func (s *Scenario) expectedInWords() string {
	var b strings.Builder
	for i, row := range s.Expect {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(wrap(row.aboutInWords(s), "  ", "    ", pageWidth))
		for _, v := range row.Verdicts {
			fmt.Fprintf(&b, "    %-16s %s\n", v.Property, v.Verdict)
		}
		for _, c := range row.Sometimes {
			share := "some trials"
			if c.Share != nil {
				share = "a share of trials from " + c.Share.String()
			}
			fmt.Fprintf(&b, "    %-16s violated in %s, by chance\n", c.Property, share)
		}
		for _, r := range row.Ranges {
			fmt.Fprintf(&b, "    %s\n", r)
		}
		b.WriteString(wrap("because "+row.Because, "    ", "    ", pageWidth))
	}
	return b.String()
}

// aboutInWords says which cells a row is about.
func (e Expectation) aboutInWords(s *Scenario) string {
	locks := slices.Clone(e.Sets)
	for _, spec := range e.Backends {
		locks = append(locks, spec.String())
	}
	text := who("backend", locks) + ", " + who("guard", e.Guards)
	if len(s.Workload.Disciplines) > 1 {
		text += ", " + who("discipline", e.Disciplines)
	}
	return text
}

// inWords says what a client of this discipline does.
func (d Discipline) inWords(ttl time.Duration) string {
	switch d.Kind {
	case workload.Attentive:
		return "stops when told that the lock is lost, and checks its deadline right before each write"
	case workload.Heedless:
		return "checks nothing once it has the lock"
	case workload.Late:
		return "learns that the lock is lost or its deadline has passed, and keeps working for " + inBoth(d.Late, ttl)
	}
	panic(fmt.Sprintf("unknown discipline %q", d.Kind))
}

// who says what a row of expectations is about.
func who(kind string, names []string) string {
	switch len(names) {
	case 0:
		return "any " + kind
	case 1:
		return kind + " " + names[0]
	}
	return kind + "s " + strings.Join(names, ", ")
}

// addsInWords describes what a client does in the add workload.
func (w Workload) addsInWords(s *Scenario) string {
	text := "adds an element to a set that the lock service keeps"
	if w.Think.In(s.TTL) > 0 {
		text = "works for " + drawnInWords(w.ThinkAtLeast, w.Think, s.TTL) + " and " + text
	}
	return text + w.oftenInWords(s)
}

// oftenInWords describes how often a client does what it does, and how far apart.
func (w Workload) oftenInWords(s *Scenario) (text string) {
	switch {
	case w.Times > 1 && w.Kind == workload.ChargeOnce:
		text = fmt.Sprintf("; there are %d jobs", w.Times)
	case w.Times == 2:
		text = "; twice"
	case w.Times > 2:
		text = fmt.Sprintf("; %d times", w.Times)
	}
	if w.Every.In(s.TTL) > 0 {
		text += ", starting one every " + inBoth(w.Every, s.TTL)
	}
	return text
}
