package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/sim"
)

// Leftover returns the first event in which the lock service did something that nobody in this
// trial asked for, and says what is wrong with it. It returns nil if there is none. In the live
// world the servers may have served an earlier trial, and a message from a client of that trial
// may arrive late. If clients choose the names of their requests, these carry the trial's nonce.
// Otherwise a client knows a request by its name, or the service says whose it is.
//
// A trial without a nonce started with servers that had served nobody, or its file is older.
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
		return e, fmt.Errorf("event %d (%s of %s) is about the grant %q, which no client of this trial asked for: is it left over from an earlier trial?", e.Seq, e.Kind, e.Host, e.Grant)
	}
	return nil, nil
}
