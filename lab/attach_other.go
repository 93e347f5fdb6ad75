//go:build !linux

package lab

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/trial"
)

type attachments struct{}

func attach([]string) (attachments, error) { return attachments{}, trial.LiveMissing(nil) }

func attachable() string { return "" }

func (attachments) replace() func(backends.Backend) backends.Backend { return nil }

func (attachments) enterLive() (entered bool, err error) { return enterLive() }
