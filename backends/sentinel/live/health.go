//go:build linux

package sentinellive

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// answerLimit is how long a Sentinel may take to tell the harness which server is the master.
const answerLimit = 500 * time.Millisecond

// healthy returns nil if every Sentinel knows the first server as the master, knows all other
// Sentinels and every replica with its link to the master up, and finds nobody down; and if the
// master and the replicas say so themselves.
func (d deployment) healthy(ctx context.Context, lab *live.Lab) error {
	for _, id := range d.Sentinels {
		reply, err := redislive.AskServer(ctx, lab, id, "SENTINEL", "MASTER", serviceName)
		if err != nil {
			return err
		}
		err = expect(id, fields(reply), map[string]string{
			"ip": lab.Address(d.Servers[0]), "flags": "master",
			"num-slaves": fmt.Sprint(len(d.Servers) - 1), "num-other-sentinels": fmt.Sprint(len(d.Sentinels) - 1),
		})
		if err != nil {
			return err
		}
		reply, err = redislive.AskServer(ctx, lab, id, "SENTINEL", "REPLICAS", serviceName)
		if err != nil {
			return err
		}
		replicas, _ := reply.([]any)
		if err := d.unanimous(ctx, lab, id); err != nil {
			return err
		}
		for _, each := range replicas {
			err := expect(id, fields(each), map[string]string{
				"flags": "slave", "master-host": lab.Address(d.Servers[0]), "master-link-status": "ok",
			})
			if err != nil {
				return err
			}
		}
	}
	if err := d.replicating(ctx, lab); err != nil {
		return err
	}
	for _, id := range d.Servers[1:] {
		reply, err := redislive.AskServer(ctx, lab, id, "INFO", "replication")
		if err != nil {
			return err
		}
		if text := fmt.Sprint(reply); !strings.Contains(text, "master_link_status:up") {
			return fmt.Errorf("%s is not in contact with its master: %q", id, text)
		}
	}
	return nil
}

// unanimous returns nil unless a Sentinel remembers that another one found the master down. It
// remembers that for five seconds (SENTINEL_ASK_PERIOD*5 in sentinel.c) and counts it towards the
// quorum even if the other one has changed its mind since, as after a start on a machine that stood
// still for longer than down-after.
func (d deployment) unanimous(ctx context.Context, lab *live.Lab, id sim.HostID) error {
	reply, err := redislive.AskServer(ctx, lab, id, "SENTINEL", "SENTINELS", serviceName)
	if err != nil {
		return err
	}
	others, _ := reply.([]any)
	for _, each := range others {
		if err := expect(id, fields(each), map[string]string{"flags": "sentinel"}); err != nil {
			return err
		}
	}
	return nil
}

// replicating returns nil if the master sends writes to all replicas. Between the end of a full
// resynchronisation and the replica's first report, up to a second later, the link counts as up but
// the master holds the stream back.
func (d deployment) replicating(ctx context.Context, lab *live.Lab) error {
	reply, err := redislive.AskServer(ctx, lab, d.Servers[0], "INFO", "replication")
	if err != nil {
		return err
	}
	text := fmt.Sprint(reply)
	following := 0
	for line := range strings.Lines(text) { // slave0:ip=…,port=…,state=online,offset=42,lag=0
		if strings.Contains(line, ",state=online,") && !strings.Contains(line, ",offset=0,") {
			following++
		}
	}
	if following < len(d.Servers)-1 {
		return fmt.Errorf("%s does not send writes to all its replicas: %q", d.Servers[0], text)
	}
	return nil
}

// fields makes a map from a list of names and values.
func fields(reply any) map[string]string {
	list, _ := reply.([]any)
	m := map[string]string{}
	for i := 0; i+1 < len(list); i += 2 {
		m[fmt.Sprint(list[i])] = fmt.Sprint(list[i+1])
	}
	return m
}

func expect(id sim.HostID, got, want map[string]string) error {
	for name, value := range want {
		if got[name] != value {
			return fmt.Errorf("%s says of %s that %s is %q, expected %q", id, got["name"], name, got[name], value)
		}
	}
	return nil
}

// empty returns nil if no server has any key.
func (d deployment) empty(ctx context.Context, lab *live.Lab) error {
	for _, id := range d.Servers {
		keys, err := redislive.AskServer(ctx, lab, id, "DBSIZE")
		if err != nil {
			return err
		}
		if keys != int64(0) {
			return fmt.Errorf("%s has still %v keys", id, keys)
		}
	}
	return nil
}

// masterNamed returns the server that more than half of all Sentinels name as the master, or "".
func (d deployment) masterNamed(ctx context.Context, lab *live.Lab) sim.HostID {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	named := make([]sim.HostID, len(d.Sentinels))
	var all sync.WaitGroup
	for i, id := range d.Sentinels {
		all.Go(func() { named[i] = d.masterOf(ctx, lab, id) })
	}
	all.Wait()
	for _, id := range d.Servers {
		votes := 0
		for _, each := range named {
			if each == id {
				votes++
			}
		}
		if votes >= d.Majority() {
			return id
		}
	}
	return ""
}

// masterOf asks one Sentinel.
func (d deployment) masterOf(ctx context.Context, lab *live.Lab, sentinel sim.HostID) sim.HostID {
	reply, err := redislive.AskServer(ctx, lab, sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", serviceName)
	address, ok := reply.([]any)
	if err != nil || !ok || len(address) != 2 {
		return ""
	}
	for _, id := range d.Servers {
		if lab.Address(id) == address[0] {
			return id
		}
	}
	return ""
}
