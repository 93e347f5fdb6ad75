package words

import (
	"fmt"
	"strings"
	"time"

	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/margin"
	"github.com/locklab/locklab/sim/check"
)

// Harm says what a fault does, in two words.
func Harm(h margin.Harm) string {
	switch h {
	case margin.Overlap:
		return "two holders"
	case margin.Damage:
		return "money lost"
	case margin.NotServed:
		return "not served"
	}
	return string(h)
}

// Size says how large a fault is: "1.5 leases (7.5 s)", "12 %".
func Size(unit amount.Unit, size float64, ttl time.Duration) string {
	leases, timed := margin.Leases(unit, size, ttl)
	if !timed {
		return Bare(unit, size, ttl) + SizeUnit(unit)
	}
	text := ThreeDigits(leases) + " leases"
	if ThreeDigits(leases) == "1" {
		text = "1 lease"
	}
	return text + " (" + Seconds(time.Duration(leases*float64(ttl))) + ")"
}

// Bare is the number alone, in the unit that SizeUnit names.
func Bare(unit amount.Unit, size float64, ttl time.Duration) string {
	if leases, timed := margin.Leases(unit, size, ttl); timed {
		return ThreeDigits(leases)
	}
	if unit == amount.Probability {
		return ThreeDigits(100 * size)
	}
	return ThreeDigits(size)
}

// SizeUnit is the unit in which sizes are shown, with the space before it.
func SizeUnit(unit amount.Unit) string {
	switch unit {
	case amount.Lease, amount.Seconds, amount.Milliseconds:
		return " leases"
	case amount.Percent, amount.PercentSlow, amount.Probability:
		return " %"
	case amount.Hosts:
		return " hosts"
	}
	return ""
}

// Bears says how much of a fault is borne: "none up to 100 leases (500 s)", "from 1.5 leases (7.5 s)".
func Bears(r margin.Row, m margin.Margin, ttl time.Duration) string {
	switch {
	case m.Unknown:
		return "undecided: no trial could tell"
	case r.Size == "" && m.With == nil:
		return "no"
	case r.Size == "":
		return "yes"
	case m.With == nil:
		return "none up to " + Size(r.Unit, m.Bound, ttl)
	case m.Without == nil:
		return "at any size"
	}
	return "from " + Size(r.Unit, *m.With, ttl)
}

// DerivedSize says what was derived on paper: "0.4 to 0.47 leases", "never".
func DerivedSize(r margin.Row, d margin.Derived, ttl time.Duration) string {
	if d.Never {
		return "never"
	}
	least, most := Bare(r.Unit, d.Least, ttl), Bare(r.Unit, d.Most, ttl)
	if least == most {
		return least + SizeUnit(r.Unit)
	}
	return least + " to " + most + SizeUnit(r.Unit)
}

// TrialsEach says how many trials there are of each size.
func TrialsEach(s margin.Setup) string {
	many, few := s.Trials()
	text := Many(many, "trial") + " of each size"
	if few < many {
		text += fmt.Sprintf(", %d of those above %d leases", few, margin.ManyLeases)
	}
	if few > 1 {
		text += fmt.Sprintf(", 1 above %d", margin.EndlessLeases)
	}
	return text
}

// LiveCheck says what a live trial beside a margin showed: "live, 0.6 leases (3 s): as expected, money
// lost".
func LiveCheck(r margin.Row, c margin.LiveCheck, ttl time.Duration) string {
	text := "live, " + Size(r.Unit, c.Size, ttl) + ": " + c.Outcome().String()
	if c.Why != "" {
		return text + ": " + c.Why
	}
	switch c.Verdict {
	case check.Violated:
		return text + ", " + Harm(c.Harm)
	case check.Holds:
		return text + ", no harm"
	case check.Undecided:
	}
	return text
}

// Setup names a set-up: "redis+renew, lease 5 s, work 3 s, guard cas, heedless clients".
func Setup(s margin.Setup) string {
	parts := []string{s.Backend, "lease " + Seconds(s.TTL), "work " + Seconds(s.Think)}
	if s.Guard != "none" {
		parts = append(parts, "guard "+s.Guard)
	}
	if s.Discipline != "attentive" {
		parts = append(parts, s.Discipline+" clients")
	}
	return strings.Join(parts, ", ")
}

// Sheet says in a sentence what a datasheet comes to: "loses money under 4 of 15 faults; with guard
// cas under none".
func Sheet(s margin.Sheet) string {
	if len(s.Rows) == 0 {
		return "nothing was measured"
	}
	can, bad, still, guard := 0, 0, 0, ""
	for _, r := range s.Rows {
		m, has := r.Margin(margin.Damage)
		if !has {
			continue
		}
		if r.Calm && m.Violated() {
			return "loses money even when nothing goes wrong"
		}
		if !r.Calm {
			can++
		}
		if !m.Violated() {
			continue
		}
		bad++
		if saved, name := savedByGuard(r); saved {
			guard = name
		} else {
			still++
		}
	}
	text := fmt.Sprintf("loses money under %s of %s", noneOr(bad), Many(can, "fault"))
	if bad > 0 && guard != "" {
		text += fmt.Sprintf("; with %s under %s", guard, noneOr(still))
	}
	if !s.Fit.Fits() && s.Fit.Asked > 0 {
		text = fmt.Sprintf("the work does not fit the lease: %d of %d withdrawals are made when nothing goes wrong", s.Fit.Wrote, s.Fit.Asked) + helps(s.Fit) + "; " + text
	}
	return text
}

func helps(f margin.Fit) string {
	if len(f.Helps) == 0 {
		return ""
	}
	return ", all of them with " + Or(f.Helps...)
}

// savedByGuard reports whether a guard keeps the account from all harm by a fault, and which.
func savedByGuard(r margin.Row) (bool, string) {
	for _, c := range r.Changes {
		if strings.HasPrefix(c.What, "guard ") && c.Margin.Harm == margin.Damage && !c.Margin.Violated() {
			return true, c.What
		}
	}
	return false, ""
}

func noneOr(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}
