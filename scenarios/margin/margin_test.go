package margin

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
)

// battery loads the faults with these names, or all of them, and their conditions.
func battery(t *testing.T, names ...string) Plan {
	t.Helper()
	known := script.Everything()
	all, err := scenarios.Battery(known)
	if err != nil {
		t.Fatal(err)
	}
	conditions, err := Builtin(known, all)
	if err != nil {
		t.Fatal(err)
	}
	p := Plan{Faults: all, Conditions: conditions}
	if len(names) > 0 {
		p.Faults = slices.DeleteFunc(all, func(f *script.Scenario) bool { return !slices.Contains(names, f.Name) })
	}
	return p
}

// setup is a set-up with a lease of five seconds, four of work and ten seeds.
func setup(backend string) Setup {
	return Setup{
		Backend: backend, Guard: "none", Discipline: "attentive", TTL: 5 * time.Second, Think: 4 * time.Second, Seeds: outcome.Seeds{First: 1, Last: 10},
	}
}

// measured makes the datasheets of a plan.
func measured(t *testing.T, p Plan, workers int) (sheets []Sheet) {
	t.Helper()
	err := p.Run(t.Context(), workers, func(all []Sheet, _ int) error { sheets = all; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return sheets
}

// workedOut are the set-ups of which every margin was derived, or takes chance.
var workedOut = []string{"none", "redis", "redlock", "redlock-redsync+nodes=3+renew", "sentinel", "etcd", "zookeeper"}

// TestMarginsAreAsDerived holds the set-ups that people run against paper, with the work of the battery
// and, where more than one seed is asked for, with a shorter one and with a longer lease.
func TestMarginsAreAsDerived(t *testing.T) {
	p := battery(t)
	setups := []string{"redis", "redis+renew", "redlock", "redlock-redsync+nodes=3+renew", "sentinel", "etcd", "zookeeper", "perfect", "none"}
	thinks := []time.Duration{4 * time.Second, 2 * time.Second}
	if scripttest.Seeds(t) == 1 {
		thinks = thinks[:1]
	}
	if testing.Short() { // a trial of Redlock without its servers takes long
		setups = []string{"redis", "zookeeper"}
	}
	for _, backend := range setups {
		for _, think := range thinks {
			one := setup(backend)
			one.Think = think
			p.Setups = append(p.Setups, one)
		}
		if len(thinks) > 1 && slices.Contains([]string{"redis", "sentinel", "etcd", "zookeeper"}, backend) {
			longer := setup(backend)
			longer.TTL, longer.Think = 10*time.Second, 8*time.Second
			p.Setups = append(p.Setups, longer)
		}
	}
	for _, sheet := range measured(t, p, 2) {
		derived := 0
		for _, r := range sheet.Rows {
			for _, m := range r.Margins {
				if m.Agreement == NotDerived && slices.Contains(workedOut, sheet.Backend) {
					t.Errorf("%s, lease %s, work %s, %s, %s: neither a condition nor chance", sheet.Backend, sheet.TTL, sheet.Think, r.Fault, m.Harm)
				}
				if d := m.Derived; d != nil && !d.Chance {
					derived++
					if leases, _ := Leases(r.Unit, d.Most-d.Least, sheet.TTL); !d.Never && leases > 1.2 { // a lease that nobody gives back, and what comes before it
						t.Errorf("%s, %s, %s: hardly any measurement could contradict %+v", sheet.Backend, r.Fault, m.Harm, *d)
					}
				}
				if m.Agreement == Differs {
					t.Errorf("%s, lease %s, work %s, %s, %s: without %v, with %v, derived %+v", sheet.Backend, sheet.TTL, sheet.Think, r.Fault, m.Harm, show(m.Without), show(m.With), *m.Derived)
				}
			}
		}
		if derived < 10 {
			t.Errorf("%s: only %d conditions", sheet.Backend, derived)
		}
		if !sheet.Fit.Fits() {
			t.Errorf("%s: %+v, but the work fits the lease", sheet.Backend, sheet.Fit)
		}
	}
}

func show(x *float64) any {
	if x == nil {
		return "none"
	}
	return *x
}

// TestWhatHelps has the known ways out: a guard against a late write, and renewal for more of a lease.
func TestWhatHelps(t *testing.T) {
	p := battery(t, "battery-holder-paused")
	p.Setups = []Setup{setup("redis")}
	row := measured(t, p, 1)[0].Rows[0]
	before, _ := row.Margin(Damage)
	found := map[string]Margin{}
	for _, c := range row.Changes {
		found[c.What] = c.Margin
	}
	if m, tried := found["guard fence-all"]; !tried || m.Violated() {
		t.Errorf("a fence stops every late write; got %+v", found)
	}
	if m, tried := found["+renew"]; !tried || m.With == nil || *m.With <= *before.With || m.Agreement != Agrees {
		t.Errorf("renewal moves the margin, as derived; got %+v", found)
	}
}

// TestWorkThatDoesNotFitTheLease is told, with what would help.
func TestWorkThatDoesNotFitTheLease(t *testing.T) {
	p := battery(t, "battery-nothing")
	long := setup("redis")
	long.Think = 8 * time.Second
	p.Setups = []Setup{long}
	fit := measured(t, p, 1)[0].Fit
	if fit.Wrote != 0 || fit.Asked != 40 || !slices.Contains(fit.Helps, "+renew") {
		t.Errorf("got %+v, want no withdrawal of 40, and +renew", fit)
	}
}

// TestTheNumberOfWorkersDoesNotShow compares the rows of one worker with those of four.
func TestTheNumberOfWorkersDoesNotShow(t *testing.T) {
	p := battery(t, "battery-nothing", "battery-holder-paused", "battery-server-clock-ahead")
	p.Setups = []Setup{setup("redis"), setup("zookeeper")}
	written := func(workers int) string {
		var b bytes.Buffer
		err := p.Run(t.Context(), workers, func(all []Sheet, added int) error { return WriteRow(&b, all[added]) })
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	one, four := written(1), written(4)
	if one != four || strings.Count(one, "\n") != p.Total() {
		t.Errorf("one worker:\n%s\nfour:\n%s", one, four)
	}
}

// TestWhatWasMeasuredBeforeAnInterruptionStays stops after the first row.
func TestWhatWasMeasuredBeforeAnInterruptionStays(t *testing.T) {
	p := battery(t)
	p.Setups = []Setup{setup("redis")}
	ctx, stop := context.WithCancel(t.Context())
	rows := 0
	err := p.Run(ctx, 2, func([]Sheet, int) error {
		if rows++; rows == 1 {
			stop()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || rows == 0 || rows == p.Total() {
		t.Errorf("got %v after %d of %d rows", err, rows, p.Total())
	}
}

// TestLiveTrialsAreBesideTheMargin looks at which sizes the live world is asked about.
func TestLiveTrialsAreBesideTheMargin(t *testing.T) {
	p := battery(t, "battery-holder-paused", "battery-holder-clock-slow")
	p.Setups, p.Always = []Setup{setup("redis"), setup("etcd")}, true
	var rows []Row
	for _, sheet := range measured(t, p, 2) {
		rows = append(rows, sheet.Rows...)
	}
	for _, row := range rows {
		for _, m := range row.Margins {
			if !m.Violated() {
				continue
			}
			least, most := *m.Without, *m.With
			if d := m.Derived; d != nil && m.Agreement == Agrees { // chance decides between these
				least, most = min(least, d.Least), max(most, d.Most)
			}
			if m.Always == nil || *m.Always < *m.With {
				t.Errorf("%s, %s: with %v, always %v", row.Fault, m.Harm, show(m.With), show(m.Always))
				continue
			}
			below, above := false, false
			for _, c := range beside(p.Setups[0], row) {
				if c.Harm == m.Harm && c.Expect {
					above = above || c.Size > max(*m.Always, most)
				} else if c.Harm == m.Harm {
					below = below || c.Size < least
				}
			}
			if !below || !above {
				t.Errorf("%s, %s: below %t, above %t", row.Fault, m.Harm, below, above)
			}
		}
	}
}
