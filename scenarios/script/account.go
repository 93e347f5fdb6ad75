package script

import (
	"errors"
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// The values that account can have in a script.
const (
	onOwnHost     = "own-host"
	inLockService = "lock-service"
)

// keptKinds are the account events that servers of the lock service record if they keep the
// account.
var keptKinds = []sim.Kind{sim.LedgerWrite, sim.LedgerWriteRefused}

// HasAccountHost reports whether the account has a host of its own. It has none if the lock service
// keeps it, or if there is no account because clients add elements to a set.
func (s *Scenario) HasAccountHost() bool { return !s.Inside && s.Workload.Kind != workload.Add }

// AccountHosts lists the account's host, if it has one.
func (s *Scenario) AccountHosts() []sim.HostID {
	if s.HasAccountHost() {
		return []sim.HostID{ledger.HostID}
	}
	return nil
}

// account resolves where the account is.
func (l *Loader) account() error {
	w := l.file.Workload.Withdraw.Account
	switch {
	case !w.Given() || w.Text == onOwnHost:
	case w.Text == inLockService:
		l.out.Inside = true
	default:
		words := []string{onOwnHost, inLockService}
		return l.Fail(w.Place, "account is "+strict.Quoted(w.Text), strict.Listed(words), strict.DidYouMean(w.Text, words))
	}
	return nil
}

// withoutIt is the hint for an account that the lock service cannot keep as the script asks.
const withoutIt = "leave out account: lock-service; the account then has a host of its own"

// keepsNone says why a service cannot keep the account.
func keepsNone(b backends.Backend) string {
	return fmt.Sprintf("account is %s, but %s cannot keep an account", inLockService, b.Name())
}

// keeping lists the lock services that can keep the account.
func (l *Loader) keeping() (names []string) {
	for _, b := range l.known.Registry {
		if backends.Keeps(b, ledger.None) {
			names = append(names, b.Name())
		}
	}
	return names
}

// guardNames lists the guards that the account can have where it is. In a lock service, those are
// the guards that at least one of the scenario's services supports.
func (l *Loader) guardNames() (names []string) {
	switch {
	case l.file.Workload.Add.Given():
		return []string{string(ledger.None)}
	case !l.out.Inside:
		return slices.Clone(l.known.Guards)
	}
	for _, g := range ledger.AllGuards() {
		if slices.ContainsFunc(l.specs, func(s backends.Spec) bool { return backends.Keeps(s.Backend, g) }) {
			names = append(names, string(g))
		}
	}
	return names
}

// hasBest reports whether the script may name the guard best: only an account on a host of its own has
// a choice of guards that depends on the lock service.
func (l *Loader) hasBest() bool { return !l.out.Inside && !l.file.Workload.Add.Given() }

// noGuard returns the error for a guard that the account cannot have where it is.
func (l *Loader) noGuard(w strict.Word, can []string) error {
	found, hint := fmt.Sprintf("there is no guard %s", strict.Quoted(w.Text)), strict.DidYouMean(w.Text, can)
	_, err := ledger.ParseGuard(w.Text)
	if w.Text == Best {
		err = nil
	}
	if l.file.Workload.Add.Given() && err == nil {
		found, hint = fmt.Sprintf("guard %s protects an account, but clients that add elements have none", w.Text), "say guards: [none], or leave it out"
	} else if err == nil {
		found, hint = fmt.Sprintf("guard %s works only with an account on a host of its own", w.Text), withoutIt
		if !l.out.Inside {
			found, hint = fmt.Sprintf("guard %s works only with an account kept by the lock service", w.Text), "say account: lock-service in withdraw"
		}
	}
	return l.Fail(w.Place, found, strict.Listed(can), hint)
}

// accountFits reports why a cell's account cannot be where the script puts it; nil means it can.
func (s *Scenario) accountFits(c Cell) error {
	b, guard := c.Backend.Backend, ledger.Guard(c.Guard)
	if s.Workload.Kind == workload.Add {
		return setFits(b, guard)
	}
	if !s.Inside {
		if guard == ledger.LockKey {
			return fmt.Errorf("guard %s needs an account kept by the lock service, but this script's account has a host of its own", guard)
		}
		return nil
	}
	if !backends.Keeps(b, ledger.None) {
		return errors.New(keepsNone(b))
	}
	if !backends.Keeps(b, guard) {
		return fmt.Errorf("an account kept by %s cannot have guard %s", b.Name(), guard)
	}
	return nil
}

// keepsNoSet says why a service cannot keep the set.
func keepsNoSet(b backends.Backend) string {
	return fmt.Sprintf("clients add elements to a set, but %s cannot keep a set", b.Name())
}

// keepingSets lists the lock services that can keep a set.
func (l *Loader) keepingSets() (names []string) {
	for _, b := range l.known.Registry {
		if backends.KeepsSet(b) {
			names = append(names, b.Name())
		}
	}
	return names
}

// setFits reports why a cell cannot have a set: its service keeps none, or its guard needs an
// account. nil means it can.
func setFits(b backends.Backend, guard ledger.Guard) error {
	if !backends.KeepsSet(b) {
		return errors.New(keepsNoSet(b))
	}
	if guard != ledger.None {
		return fmt.Errorf("guard %s protects an account, but clients that add elements have none", guard)
	}
	return nil
}
