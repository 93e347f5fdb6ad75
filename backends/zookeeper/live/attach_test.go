//go:build linux

package zookeeperlive

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
)

// A lock below its own znode neither sees nor touches its siblings; its observer sees who holds it;
// and Clean removes it completely, with what is still in it.
func TestALockBelowARootLeavesTheRestOfTheEnsembleAlone(t *testing.T) {
	s := sharedServer(t)
	theirs, err := s.admin.Create(zookeeper.LockPath+"/theirs-", nil, zk.FlagSequence, zk.WorldACL(zk.PermAll))
	if err != nil {
		t.Fatal(err)
	}
	before := tree(t, s.admin, "/")
	const prefix = "locklab-test-1-"
	root := rootOf(prefix)
	at := attached{Backend{}, &backends.Attachment{Addresses: sharedAddress()}}
	for _, path := range []string{root, root + zookeeper.LockPath} {
		if err := createParent(s.admin, path, false); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	o := &attachedObserver{
		path: root + zookeeper.LockPath, token: byCzxid, now: func() time.Duration { return 0 },
		record: func(_ time.Duration, e sim.Event) {
			seen = append(seen, fmt.Sprintf("%s %s", e.Kind, e.Client))
			if e.Kind == sim.Granted && e.Token == 0 {
				t.Error("a grant without a token was recorded")
			}
		},
	}
	if o.conn, err = reachAttached(1, at.to.Dial); err != nil {
		t.Fatal(err)
	}
	defer o.conn.Close()
	look := func() {
		t.Helper()
		if _, err := o.conn.Sync(o.path); err != nil {
			t.Fatal(err)
		}
		if _, err := o.look(); err != nil {
			t.Fatal(err)
		}
	}
	realtime.Run("client-1", func(h *realtime.Host) {
		p := open(t, h, net.DialTimeout)
		defer p.close()
		p.root = root
		for range 2 {
			own, err := p.Create(zookeeper.LockPath+"/lock-", patience)
			if err != nil || !strings.HasPrefix(own.Path, zookeeper.LockPath+"/") {
				t.Fatalf("the znode is %+v (%v)", own, err)
			}
		}
		look()
		names, err := p.Children(patience)
		if err != nil || len(names) != 2 || slices.Contains(names, theirs) {
			t.Fatalf("the children are %q (%v), want the two of client-1", names, err)
		}
		slices.Sort(names)
		if err := p.Delete(names[0], patience); err != nil {
			t.Fatal(err)
		}
		look()
		if want := []string{"granted client-1", "freed ", "granted client-1"}; !slices.Equal(seen, want) {
			t.Errorf("the observer recorded %q, want %q", seen, want)
		}
		if err := at.Clean(t.Context(), []string{prefix}); err != nil { // while the session is alive
			t.Fatal(err)
		}
	})
	if after := tree(t, s.admin, "/"); !slices.Equal(after, before) {
		t.Errorf("the znodes are %q, want those of before, %q", after, before)
	}
}

// tree lists a znode and everything below it.
func tree(t *testing.T, conn *zk.Conn, path string) []string {
	t.Helper()
	names, _, err := conn.Children(path)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{path}
	slices.Sort(names)
	for _, name := range names {
		out = append(out, tree(t, conn, strings.TrimSuffix(path, "/")+"/"+name)...)
	}
	return out
}

func TestAnAttachedEnsembleThatIsNotThereIsAnError(t *testing.T) {
	refuse := func(context.Context, int) (net.Conn, error) { return nil, net.ErrClosed }
	if conn, err := reachAttachedWithin(1, refuse, 50*time.Millisecond); err == nil {
		conn.Close()
		t.Error("a session was opened with nobody")
	}
}
