package liveworld

import (
	"context"
	"fmt"
	"strings"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/live/namespaces"
)

// Attached holds servers that somebody else runs; none in the zero value.
type Attached struct{ to *trial.Attachments } // nil: none

func attach(list []string) (Attached, error) {
	to, err := trial.ParseAttachments(context.Background(), list)
	if err != nil {
		return Attached{}, fmt.Errorf("--attach: %w", err)
	}
	return Attached{to}, nil
}

// attachable names the lock services that can be attached, for the help, if this program knows them.
func attachable() string {
	if !services.HaveRealServers() {
		return ""
	}
	return strings.Join(append([]string{", with " + words.Or(trial.Attachable()...)}, trial.AttachedOtherwise()...), "; ")
}

// Replace returns the Replace function for a trial.Selection, or nil without attachments.
func (a Attached) Replace() func(backends.Backend) backends.Backend {
	if a.to == nil {
		return nil
	}
	return a.to.Replace
}

// Enter makes sure that the program runs inside the live world's namespaces, with a way out to the
// attached servers. Outside, it runs itself again inside, and entered reports that nothing is left
// to do but to end with this exit status. Before it returns, it removes what trials left on the
// attached servers.
func (a Attached) Enter() (entered bool, status int, err error) {
	if a.to == nil || namespaces.Inside() {
		return enter()
	}
	leave, err := a.to.Open()
	if err != nil {
		return false, 0, err
	}
	entered, status, err = enter()
	if failed := leave(); failed != nil {
		return true, 0, fmt.Errorf("detach from the attached servers: %w", failed)
	}
	return entered, status, err
}
