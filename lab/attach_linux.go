package lab

import (
	"context"
	"fmt"
	"strings"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/live/namespaces"
)

// attachments are servers that somebody else runs.
type attachments struct{ to *trial.Attachments } // nil: none

func attach(list []string) (attachments, error) {
	to, err := trial.ParseAttachments(context.Background(), list)
	if err != nil {
		return attachments{}, fmt.Errorf("--attach: %w", err)
	}
	return attachments{to}, nil
}

// attachable names the lock services that can be attached, for the help.
func attachable() string {
	return strings.Join(append([]string{", with " + words.Or(trial.Attachable()...)}, trial.AttachedOtherwise()...), "; ")
}

// replace returns the Replace function for a trial.Selection, or nil without attachments.
func (a attachments) replace() func(backends.Backend) backends.Backend {
	if a.to == nil {
		return nil
	}
	return a.to.Replace
}

// enterLive is the function enterLive with a way out to the attached servers. Before it returns, it
// removes what trials left on them.
func (a attachments) enterLive() (entered bool, err error) {
	if a.to == nil || namespaces.Inside() {
		return enterLive()
	}
	leave, err := a.to.Open()
	if err != nil {
		return false, err
	}
	entered, err = enterLive()
	if failed := leave(); failed != nil {
		return true, &statusError{status: statusBadInput, say: "locklab: detach from the attached servers: " + failed.Error()}
	}
	return entered, err
}
