package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/sim"
)

// Leftover finds what the lock service did for nobody in this trial, and says what is wrong with
// the first such event; nil: there is none. In the live world its servers may have served an
// earlier trial, and something that a client of that one had sent may arrive late. What a client
// asks for carries the trial's nonce, where the client chooses its name; else a client knows it by
// its name, or the service says whose it is.
//
// A trial without a nonce began with servers that had served nobody, or is an older file.
func Leftover(h *sim.History) (*sim.Event, error) {
	if h.Header.Nonce == "" {
		return nil, nil
	}
	asked := map[string]bool{}
	for i := range h.Events {
		if e := &h.Events[i]; h.IsClient(e.Host) || e.Kind == sim.Granted && h.IsClient(e.Client) {
			asked[e.Grant] = true
		}
	}
	ofService := sim.ServiceKinds()
	for i := range h.Events {
		e := &h.Events[i]
		request, _, _ := strings.Cut(e.Grant, "@") // an etcd key, before its revision is known
		if !slices.Contains(ofService, e.Kind) || e.Grant == "" || asked[e.Grant] || asked[request] || h.Header.Signed(e.Grant) {
			continue
		}
		return e, fmt.Errorf("event %d (%s of %s) is about the grant %q, which no client of this trial has asked for: has an earlier trial left it?", e.Seq, e.Kind, e.Host, e.Grant)
	}
	return nil, nil
}
