package scenarios

import (
	"errors"
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
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

// hasAccountHost reports whether the account has a host of its own. It has none if the lock service
// keeps it, or if there is no account because clients add elements to a set.
func (s *Scenario) hasAccountHost() bool { return !s.Inside && s.Workload.Kind != Add }

// accountHosts lists the account's host, if it has one.
func (s *Scenario) accountHosts() []sim.HostID {
	if s.hasAccountHost() {
		return []sim.HostID{ledger.HostID}
	}
	return nil
}

// account resolves where the account is.
func (l *loader) account() error {
	w := l.file.Workload.Withdraw.Account
	switch {
	case !w.given() || w.text == onOwnHost:
	case w.text == inLockService:
		l.out.Inside = true
	default:
		words := []string{onOwnHost, inLockService}
		return l.fail(w.place, "account is "+quoted(w.text), listed(words), didYouMean(w.text, words))
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
func (l *loader) keeping() (names []string) {
	for _, b := range l.known.Registry {
		if backends.Keeps(b, ledger.None) {
			names = append(names, b.Name())
		}
	}
	return names
}

// guardNames lists the guards that the account can have where it is. In a lock service, those are
// the guards that at least one of the scenario's services supports.
func (l *loader) guardNames() (names []string) {
	switch {
	case l.file.Workload.Add.given():
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

// noGuard returns the error for a guard that the account cannot have where it is.
func (l *loader) noGuard(w word, can []string) error {
	found, hint := fmt.Sprintf("there is no guard %s", quoted(w.text)), didYouMean(w.text, can)
	_, err := ledger.ParseGuard(w.text)
	if l.file.Workload.Add.given() && err == nil {
		found, hint = fmt.Sprintf("guard %s protects an account, but clients that add elements have none", w.text), "say guards: [none], or leave it out"
	} else if err == nil {
		found, hint = fmt.Sprintf("guard %s works only with an account on a host of its own", w.text), withoutIt
		if !l.out.Inside {
			found, hint = fmt.Sprintf("guard %s works only with an account kept by the lock service", w.text), "say account: lock-service in withdraw"
		}
	}
	return l.fail(w.place, found, listed(can), hint)
}

// accountFits reports why a cell's account cannot be where the script puts it; nil means it can.
func (s *Scenario) accountFits(c Cell) error {
	b, guard := c.Backend.Backend, ledger.Guard(c.Guard)
	if s.Workload.Kind == Add {
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
