package lab

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// TestAttachedEtcdGivesTheSameVerdictsAndIsLeftAsItWas checks on somebody else's etcd that the
// paused holder loses a withdrawal there too, that fencing saves it, and that nothing is left
// behind.
func TestAttachedEtcdGivesTheSameVerdictsAndIsLeftAsItWas(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the same command as the test with redis, on other servers")
	}
	needLive(t)
	t.Parallel() // it mostly waits
	addresses := foreignEtcd(t)
	client, err := clientv3.New(clientv3.Config{Endpoints: addresses, Logger: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	await(t, "etcd to answer", func() bool {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		_, err := client.Put(ctx, "account", "somebody's")
		return err == nil
	})
	everything := func() string {
		r, err := client.Get(ctx, "\x00", clientv3.WithFromKey())
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(r.Kvs)
	}
	before := everything()
	expectPauseVerdicts(t, runAttached(t, "etcd", "etcd="+strings.Join(addresses, ",")))
	if after := everything(); after != before {
		t.Errorf("the keys were %s and are %s", before, after)
	}
}

// TestAttachedZooKeeperGivesTheSameVerdictsAndIsLeftAsItWas checks the same on somebody else's
// ZooKeeper.
func TestAttachedZooKeeperGivesTheSameVerdictsAndIsLeftAsItWas(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the same command as the test with redis, on other servers")
	}
	needLive(t)
	t.Parallel() // it mostly waits
	address := foreignZooKeeper(t)
	conn, _, err := zk.Connect([]string{address}, 10*time.Second, zk.WithLogInfo(false))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	await(t, "ZooKeeper to answer", func() bool {
		_, err := conn.Create("/account", []byte("somebody's"), 0, zk.WorldACL(zk.PermAll))
		return err == nil
	})
	everything := func() string {
		root, _, err1 := conn.Children("/")
		below, _, err2 := conn.Children("/account")
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		slices.Sort(root)
		return fmt.Sprint(root, below)
	}
	before := everything()
	expectPauseVerdicts(t, runAttached(t, "zookeeper+servers=1", "zookeeper="+address))
	if after := everything(); after != before {
		t.Errorf("the znodes were %s and are %s", before, after)
	}
}

// runAttached runs a pause of the holder on attached servers and returns the results.
func runAttached(t *testing.T, backend, attach string) (all []outcome.Result) {
	t.Helper()
	all, _ = runAsExpected(t, 2, "gc-pause", "server-pause", "--world", "live", "--backend", backend, "--guard", "none,fence-all", "--attach", attach)
	return all
}

// runAsExpected runs the given number of trials, which must all be as expected and leave nothing
// behind, and returns their results and what was printed.
func runAsExpected(t *testing.T, trials int, what ...string) (all []outcome.Result, printed string) {
	t.Helper()
	scratch, folder := openDir(t), t.TempDir()
	run := exec.Command(buildCommand(t), append([]string{"run", "--out", folder}, what...)...)
	run.Env = append(os.Environ(), "TMPDIR="+scratch)
	out, err := run.CombinedOutput()
	if err != nil || !strings.Contains(string(out), fmt.Sprintf("%d trials in the ", trials)) || !strings.Contains(string(out), " world: all as expected") {
		t.Fatalf("%s: %v\n%s", run, err, out)
	}
	if left, _ := filepath.Glob(filepath.Join(scratch, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	return readResults(t, folder), string(out)
}

// expectPauseVerdicts checks for the verdicts that a pause of the holder has on any server.
func expectPauseVerdicts(t *testing.T, all []outcome.Result) {
	t.Helper()
	lost := map[string]check.Verdict{"none": check.Violated, "fence-all": check.Holds}
	for _, r := range all {
		if got := r.Finding(check.LostUpdate); got.Verdict != lost[r.Guard] {
			t.Errorf("guard %s: lost-update %s: %s", r.Guard, got.Verdict, got.Why)
		}
		if got := r.Finding(check.Overlap); got.Verdict != check.Violated {
			t.Errorf("guard %s: overlap %s: %s", r.Guard, got.Verdict, got.Why)
		}
		delete(lost, r.Guard)
	}
	if len(lost) > 0 {
		t.Errorf("not run: guards %v", lost)
	}
}

// foreignEtcd starts a cluster of three as a third party would.
func foreignEtcd(t *testing.T) (addresses []string) {
	t.Helper()
	var peers, members []string
	for i := range 3 {
		addresses, peers = append(addresses, freeAddress(t)), append(peers, freeAddress(t))
		members = append(members, fmt.Sprintf("theirs-%d=http://%s", i, peers[i]))
	}
	for i, address := range addresses {
		startForeign(t, exec.Command("etcd", "--name", fmt.Sprint("theirs-", i), "--data-dir", t.TempDir(),
			"--listen-client-urls", "http://"+address, "--advertise-client-urls", "http://"+address,
			"--listen-peer-urls", "http://"+peers[i], "--initial-advertise-peer-urls", "http://"+peers[i],
			"--initial-cluster", strings.Join(members, ","), "--logger", "zap", "--log-level", "error"))
	}
	return addresses
}

// foreignZooKeeper starts an ensemble of one as a third party would: with Debian's packages.
func foreignZooKeeper(t *testing.T) string {
	t.Helper()
	address, dir := freeAddress(t), t.TempDir()
	host, port, _ := net.SplitHostPort(address)
	file := filepath.Join(dir, "zoo.cfg")
	settings := fmt.Sprintf("tickTime=400\ndataDir=%s\nclientPortAddress=%s\nclientPort=%s\nmaxSessionTimeout=40000\n", dir, host, port)
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	startForeign(t, exec.Command("java", "-Xmx128m", "-XX:+UseSerialGC", "-Dzookeeper.admin.enableServer=false",
		"-cp", "/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar", "org.apache.zookeeper.server.ZooKeeperServerMain", file))
	return address
}

// startForeign starts a server that ends with the test.
func startForeign(t *testing.T, server *exec.Cmd) {
	t.Helper()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
}

// freeAddress returns an address of the loopback interface on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
