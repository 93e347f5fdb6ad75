//go:build linux

package etcd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"
)

// Why a request has certainly not been carried out.
var (
	errNoLeader     = errors.New("the member knows of no leader")
	errNotConnected = errors.New("there is no connection to the member")
)

// ask is one request. It must return soon after ctx has been cancelled.
type ask func(ctx context.Context, c *clientv3.Client) error

// exchange sends a request and waits for its answer, as simulatedPort.exchange does: a
// member that knows of no leader has not carried it out, so the next one is asked; one that
// gives no answer may have, so the outcome is unknown. What may be repeated, the library
// repeats by itself when a connection was found dead (client/v3, retry.go). what is for
// messages.
func (p *clientPort) exchange(what string, timeout time.Duration, f ask) error {
	return p.announce(what, timeout, "", nil, f)
}

// announce is exchange, and calls sent, if not nil, holding the host, once the request,
// which contains mark, is on its way for the first time and before its answer is read.
func (p *clientPort) announce(what string, timeout time.Duration, mark string, sent func(), f ask) error {
	end := sim.AddCapped(p.host.Now(), timeout)
	for {
		once := sent
		if sent != nil {
			once = func() { sent(); sent = nil }
		}
		err := errorOf(p.call(end-p.host.Now(), mark, once, f))
		if err == nil {
			return nil
		}
		if refused(err) {
			return fmt.Errorf("%s: %w", what, err)
		}
		if !errors.Is(err, errNoLeader) || p.host.Now()+leaderPoll >= end {
			return fmt.Errorf("%s: %w (%v)", what, sim.ErrUnknown, err)
		}
		p.host.Sleep(leaderPoll)
	}
}

// refused tells whether err is the cluster's answer: what was asked for cannot be done.
func refused(err error) bool {
	var answer rpctypes.EtcdError
	if errors.Is(err, ErrNoLease) {
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

// call sends a request, which asks for no leader, as the library's lock does not, and gives the host up until its answer has come or
// timeout has passed. The time in which sent is at work does not count, so that an answer
// that came meanwhile is read, however late that is.
func (p *clientPort) call(timeout time.Duration, mark string, sent func(), f ask) (err error) {
	before := p.host.Now()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	onItsWay, readOn, answered := make(chan struct{}), make(chan struct{}), make(chan struct{})
	if sent != nil {
		p.host.Sending(sim.AcquireSent)
		p.announced.await(mark, func() { close(onItsWay); <-readOn })
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
