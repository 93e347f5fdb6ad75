package margin

import (
	"context"
	"errors"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// Plan is which datasheets to make.
type Plan struct {
	Setups     []Setup
	Faults     []*script.Scenario // of the battery
	Conditions Conditions
	// Always also asks from which size on every trial shows a harm, which a live trial of one seed needs.
	Always bool
}

// Total returns the number of rows of all datasheets.
func (p Plan) Total() int { return len(p.Setups) * len(p.Faults) }

// Sheets returns the datasheets without their rows.
func (p Plan) Sheets() (sheets []Sheet) {
	for _, s := range p.Setups {
		sheets = append(sheets, Sheet{Setup: s})
	}
	return sheets
}

// part is what a task of Run finds: a row of a datasheet, or whether the work fits.
type part struct {
	fit *Fit
	row Row
}

// Run measures all rows in the virtual world on several workers, and hands the sheets to report each
// time that one has got another row; added is its index. The order does not depend on the number of
// workers. Run stops at the first error, or when ctx is cancelled; what was reported before counts.
func (p Plan) Run(ctx context.Context, workers int, report func(sheets []Sheet, added int) error) error {
	sheets, each := p.Sheets(), 1+len(p.Faults)
	do := func(ctx context.Context, task int) (part, error) {
		setup := p.Setups[task/each]
		if task%each == 0 {
			fit, err := p.fit(ctx, setup)
			return part{fit: &fit}, err
		}
		row, err := p.row(ctx, setup, p.Faults[task%each-1])
		return part{row: row}, err
	}
	return trial.SideBySide(ctx, len(sheets)*each, workers, do, func(task int, found part) error {
		i := task / each
		if found.fit != nil {
			sheets[i].Fit = *found.fit
			return nil
		}
		sheets[i].Rows = append(sheets[i].Rows, found.row)
		return report(sheets, i)
	})
}

// row measures one fault.
func (p Plan) row(ctx context.Context, setup Setup, fault *script.Scenario) (Row, error) {
	row := Row{Fault: fault.Name, Title: fault.Title, Calm: len(fault.Steps) == 0}
	s, hosts := once(), 0
	if z := fault.Size; z != nil {
		hosts = len(z.Of)
		s = scaleOf(z.Unit, setup.TTL, hosts)
		row.Size, row.Unit, row.Step = z.Name, z.Unit, s.step
	}
	why, err := pointless(fault, s.top(), setup)
	if err != nil || why != nil {
		if why != nil {
			row.Why = why.Error()
		}
		return row, err
	}
	sized := sizes{fault: fault, kept: map[float64]*script.Scenario{}}
	found := newSearch(s, int(setup.Seeds.Count()), Harms(), sized.shots(setup))
	if err := found.run(ctx, false); err != nil {
		return row, err
	}
	for _, h := range Harms() {
		m, err := p.weighed(found.margin(h), setup, fault, s)
		if err != nil {
			return row, err
		}
		if p.Always && fault.Size != nil && m.Violated() {
			if m.Always, err = found.everywhere(ctx, h); err != nil {
				return row, err
			}
		}
		row.Margins = append(row.Margins, m)
	}
	row.Changes, err = p.changes(ctx, setup, sized, row)
	return row, err
}

// pointless says why a fault cannot be done to a set-up; nil means that it can.
func pointless(fault *script.Scenario, size float64, s Setup) (why, err error) {
	sized, err := fitted(fault, size, s)
	if err != nil {
		return nil, err
	}
	list, err := trials(sized, s, sim.VirtualWorld)
	if err != nil {
		return nil, err
	}
	if why := list[0].NotApplicable(); why != nil {
		return why, nil
	}
	return list[0].Unavailable(), nil
}

// weighed adds to a margin what was derived.
func (p Plan) weighed(m Margin, setup Setup, fault *script.Scenario, s scale) (_ Margin, err error) {
	m.Agreement = NotDerived
	spec, err := services.Registry().ParseSpec(setup.simulated())
	if err == nil {
		spec, err = fault.Spec(services.Registry(), spec.String())
	}
	if err != nil {
		return m, err
	}
	if m.Derived, err = derive(p.Conditions.of[fault.Name], spec, setup, m.Harm, fault); err != nil {
		return m, err
	}
	m.Agreement = m.compare(s.step)
	return m, nil
}

// fit runs the set-up with nothing going wrong.
func (p Plan) fit(ctx context.Context, setup Setup) (fit Fit, err error) {
	for _, f := range p.Faults {
		if f.Size == nil && len(f.Steps) > 0 {
			continue
		}
		sized, err := fitted(f, 0, setup)
		if err != nil {
			return fit, err
		}
		if fit, err = worksOut(ctx, sized, setup); err != nil || fit.Fits() {
			return fit, err
		}
		for _, r := range remedies(setup) {
			if better, err := worksOut(ctx, sized, r.setup); err != nil {
				return fit, err
			} else if better.Fits() {
				fit.Helps = append(fit.Helps, r.what)
			}
		}
		return fit, nil
	}
	return fit, errors.New("no fault of this list can be left out, so nobody can tell whether the work fits the lease")
}

// worksOut counts the withdrawals that were made.
func worksOut(ctx context.Context, s *script.Scenario, setup Setup) (fit Fit, err error) {
	list, err := trials(s, setup, sim.VirtualWorld)
	if err != nil {
		return fit, err
	}
	for _, t := range list {
		j, err := t.Try(ctx, simulate)
		if err != nil {
			return fit, err
		}
		fit.Asked += s.Clients * s.Workload.Times
		if j.History != nil {
			fit.Wrote += wrote(j.History)
		}
	}
	return fit, nil
}

// valid reports whether a backend accepts its options under a lease.
func valid(backend string, s Setup) bool {
	spec, err := services.Registry().ParseSpec(backend)
	if err != nil {
		return false
	}
	_, can := spec.Backend.(backends.Simulated)
	_, err = spec.Settings(s.TTL, false)
	return err == nil && can
}
