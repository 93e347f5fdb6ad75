//go:build linux

package trial

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim/live/relay"
)

// attachedFile is the file that Open leaves in the relay's directory for the inner process. Thanks
// to it, servers that were discovered are not looked for twice; the second time they might come in
// another order.
const attachedFile = "attached.json"

// attachedServers are the servers of one backend in attachedFile.
type attachedServers struct {
	Name      string   `json:"name"` // the backend's
	Addresses []string `json:"addresses"`
	Service   string   `json:"service,omitempty"`
	Told      []string `json:"told,omitempty"`
}

// leaveWord writes attachedFile into dir, the relay's directory.
func (a *Attachments) leaveWord(dir string) error {
	var all []attachedServers
	for _, each := range a.all {
		all = append(all, attachedServers{each.name, each.to.Addresses, each.to.Service, each.to.Told})
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, attachedFile), text, 0o600)
}

// attachmentsInside reads attachedFile from dir, the relay's directory.
func attachmentsInside(dir string) (*Attachments, error) {
	if dir == "" {
		return nil, errors.New("attached servers cannot be reached from the live world: the outer process has not set up a relay")
	}
	text, err := os.ReadFile(filepath.Join(dir, attachedFile))
	if err != nil {
		return nil, err
	}
	var all []attachedServers
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("read %s: %w", attachedFile, err)
	}
	a, socket := &Attachments{}, 0
	for _, each := range all {
		b, err := findAttachable(each.Name)
		if err != nil {
			return nil, err
		}
		to := &backends.Attachment{Addresses: each.Addresses, Service: each.Service, Told: each.Told, Dir: dir}
		for range each.Addresses {
			to.Sockets = append(to.Sockets, relay.Socket(dir, socket))
			socket++
		}
		a.all = append(a.all, attachment{each.Name, b, to})
	}
	return a, nil
}
