//go:build linux

package etcdlive

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/sim"
	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// stored is the value of the account's key: the balance and, for observers of the cluster, who
// wrote it.
type stored struct {
	Client  sim.HostID `json:"client"`
	Op      string     `json:"op"`
	Base    uint64     `json:"base"`
	Balance int64      `json:"balance"`
}

// entryOf reads the account's key. It returns an error if the key was not written in the host's
// trial.
func entryOf(h sim.Host, kv *mvccpb.KeyValue) (etcd.Entry, error) {
	var s stored
	text := sim.Unsign(h, string(kv.Value))
	if text == "" {
		return etcd.Entry{}, fmt.Errorf("the key %s is of no client of this trial", kv.Key)
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return etcd.Entry{}, fmt.Errorf("read the key %s: %w", kv.Key, err)
	}
	return etcd.Entry{Client: s.Client, Op: s.Op, Base: s.Base, Balance: s.Balance, Version: uint64(kv.Version)}, nil
}

// entryIn reads the account's key from an answer; a missing key is unwritten.
func entryIn(h sim.Host, kvs []*mvccpb.KeyValue) (etcd.Entry, error) {
	if len(kvs) == 0 {
		return etcd.Unwritten(), nil
	}
	return entryOf(h, kvs[0])
}

// ReadAccount reads the account's key through a client of etcd.
func ReadAccount(ctx context.Context, h sim.Host, c *clientv3.Client) (etcd.Entry, error) {
	r, err := c.Get(ctx, etcd.AccountKey)
	if err != nil {
		return etcd.Entry{}, err
	}
	return entryIn(h, r.Kvs)
}

// PutAccount executes a transaction through a client of etcd.
func PutAccount(ctx context.Context, h sim.Host, c *clientv3.Client, p etcd.Put) (etcd.Placed, error) {
	text, err := json.Marshal(stored{h.ID(), p.Op, p.Base, p.Balance})
	if err != nil {
		return etcd.Placed{}, err
	}
	value := sim.Sign(h, string(text))
	get := clientv3.OpGet(etcd.AccountKey)
	then := []clientv3.Op{clientv3.OpPut(etcd.AccountKey, value), get}
	otherwise := []clientv3.Op{clientv3.OpPut(etcd.RefusedKey, value), get}
	if p.LockKey != "" {
		otherwise = append(otherwise, clientv3.OpGet(p.LockKey))
	}
	r, err := c.Txn(ctx).If(conditions(p)...).Then(then...).Else(otherwise...).Commit()
	if err != nil {
		return etcd.Placed{}, err
	}
	placed := etcd.Placed{Done: r.Succeeded}
	if !r.Succeeded && p.LockKey != "" {
		if kvs := r.Responses[2].GetResponseRange().Kvs; len(kvs) > 0 {
			placed.Lock = keyOf(h, kvs[0])
		}
	}
	placed.Entry, err = entryIn(h, r.Responses[1].GetResponseRange().Kvs)
	return placed, err
}

// conditions returns what the transaction compares.
func conditions(p etcd.Put) (all []clientv3.Cmp) {
	if p.LockKey != "" {
		all = append(all, clientv3.Compare(clientv3.CreateRevision(p.LockKey), "=", int64(p.Created)))
	}
	if p.Unchanged {
		all = append(all, clientv3.Compare(clientv3.Version(etcd.AccountKey), "=", int64(p.Base)))
	}
	return all
}

func (p *clientPort) ReadAccount(timeout time.Duration) (e etcd.Entry, err error) {
	err = p.exchange("get "+etcd.AccountKey, timeout, func(ctx context.Context, c *clientv3.Client) (err error) {
		e, err = ReadAccount(ctx, p.host, c)
		return err
	})
	return e, err
}

func (p *clientPort) PutAccount(put etcd.Put, timeout time.Duration) (placed etcd.Placed, err error) {
	notice := announced{sim.Event{Kind: sim.WriteSent, Op: put.Op}, put.Op}
	err = p.announce("put "+etcd.AccountKey, timeout, notice, func(ctx context.Context, c *clientv3.Client) (err error) {
		placed, err = PutAccount(ctx, p.host, c, put)
		return err
	})
	return placed, err
}
