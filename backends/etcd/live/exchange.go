//go:build linux

package etcdlive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/sim"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"
)

// Reasons why a request was certainly not executed.
var (
	errNoLeader     = errors.New("the member knows of no leader")
	errNotConnected = errors.New("there is no connection to the member")
)

// ask is one request. It must return soon after ctx has been cancelled.
type ask func(ctx context.Context, c *clientv3.Client) error

// exchange sends a request and waits for its answer, as the simulated port does. A member that
// knows no leader has not executed the request, so the next one is asked; one that does not answer
// may have, so the outcome is unknown. Requests that may be repeated are repeated by the library
// itself when a connection is found dead (client/v3, retry.go). what is for messages.
func (p *clientPort) exchange(what string, timeout time.Duration, f ask) error {
	return p.announce(what, timeout, announced{}, f)
}

// announced is what to record about a request, holding the host, once it is first on its way and
// before its answer is read.
type announced struct {
	event sim.Event // without a kind, nothing is recorded
	mark  string    // what the request contains
}

// announce is exchange that also records that the request was sent.
func (p *clientPort) announce(what string, timeout time.Duration, notice announced, f ask) error {
	end := sim.AddCapped(p.host.Now(), timeout)
	for {
		var sent func()
		if notice.event.Kind != "" {
			sent = func() { p.host.Record(notice.event); notice.event.Kind = "" }
		}
		err := errorOf(p.call(end-p.host.Now(), notice, sent, f))
		if err == nil {
			return nil
		}
		if refused(err) {
			return fmt.Errorf("%s: %w", what, err)
		}
		if !errors.Is(err, errNoLeader) || p.host.Now()+etcd.LeaderPoll >= end {
			return fmt.Errorf("%s: %w (%v)", what, sim.ErrUnknown, err)
		}
		p.host.Sleep(etcd.LeaderPoll)
	}
}

// refused reports whether err is the cluster's answer that the request cannot be done.
func refused(err error) bool {
	var answer rpctypes.EtcdError
	if errors.Is(err, etcd.ErrNoLease) {
		return true
	}
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Code() {
	case codes.InvalidArgument, codes.NotFound, codes.OutOfRange:
		return true
	}
	return false
}

// call sends a request that does not require a leader, as the library's lock does not, and gives up
// the host until the answer has come or timeout has passed. The time that sent takes does not
// count, so an answer that came meanwhile is read, however late that is.
func (p *clientPort) call(timeout time.Duration, notice announced, sent func(), f ask) (err error) {
	before := p.host.Now()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	onItsWay, readOn, answered := make(chan struct{}), make(chan struct{}), make(chan struct{})
	if sent != nil {
		p.host.Sending(notice.event.Kind)
		p.announced.await(notice.mark, func() { close(onItsWay); <-readOn })
		defer p.announced.cancel()
	}
	go func() {
		defer close(answered)
		err = f(ctx, p.client)
	}()
	if sent != nil {
		p.host.Outside(func() {
			select {
			case <-onItsWay:
			case <-answered: // it could not be sent
			case <-time.After(timeout):
			}
		})
		timeout -= p.host.Now() - before
		select {
		case <-onItsWay:
			sent()
		default:
		}
		close(readOn)
	}
	p.host.Outside(func() {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		select {
		case <-answered:
		case <-timer.C:
			cancel()
			<-answered
		}
	})
	return err
}
