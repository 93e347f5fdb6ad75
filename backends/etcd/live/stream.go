//go:build linux

package etcdlive

import (
	"context"
	"time"

	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/sim"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
)

// TimerLag is 0: real timers are late by themselves.
func (p *clientPort) TimerLag() time.Duration { return 0 }

// KeepAlives opens a stream, as the client library's lessor does (lease.go: resetRecv). It fails
// for good once the client is closed.
func (p *clientPort) KeepAlives() (etcd.KeepAlives, error) {
	s := &clientStream{port: p, over: p.host.NewSignal()}
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(clientv3.WithRequireLeader(p.client.Ctx()))
	p.host.Outside(func() {
		s.stream, s.failed = pb.NewLeaseClient(p.client.ActiveConnection()).LeaseKeepAlive(ctx, grpc.WaitForReady(true))
	})
	if err := p.client.Ctx().Err(); err != nil {
		s.cancel()
		return nil, err
	}
	return s, nil
}

// clientStream is a stream of keep-alives.
type clientStream struct {
	port   *clientPort
	stream pb.Lease_LeaseKeepAliveClient
	failed error // it could not be opened
	cancel context.CancelFunc
	asked  []time.Duration // when each unanswered one was sent, in order
	over   sim.Signal
}

// Send sends a keep-alive. If that fails, Receive returns the error.
func (s *clientStream) Send(lease uint64) {
	if s.failed != nil {
		return
	}
	s.asked = append(s.asked, s.port.host.Now())
	s.port.host.Outside(func() { _ = s.stream.Send(&pb.LeaseKeepAliveRequest{ID: int64(lease)}) })
}

// Receive returns the next answer. A member answers the requests on a stream in order.
func (s *clientStream) Receive() (etcd.KeptAlive, error) {
	var r *pb.LeaseKeepAliveResponse
	err := s.failed
	if err == nil {
		s.port.host.Outside(func() { r, err = s.stream.Recv() })
	}
	if err != nil || len(s.asked) == 0 {
		s.cancel()
		s.over.Fire()
		return etcd.KeptAlive{}, etcd.ErrStreamOver
	}
	asked := s.asked[0]
	s.asked = s.asked[1:]
	return etcd.KeptAlive{Lease: uint64(r.ID), TTL: time.Duration(r.TTL) * time.Second, Asked: asked}, nil
}

// Close ends the stream.
func (s *clientStream) Close() {
	s.cancel()
	s.over.Fire()
}

// Over fires when the stream is over.
func (s *clientStream) Over() sim.Signal { return s.over }
