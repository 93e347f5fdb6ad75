package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// clientSide lists the properties that the clients and the account can see by themselves.
var clientSide = []check.Property{check.Overlap, check.OverlapValid, check.LostUpdate, check.StaleWrite, check.FreshRefused, check.Availability}

// TestAttachedSentinelGivesTheVerdictsOfTheVirtualWorldAndIsLeftAsItWas checks that behind somebody
// else's Sentinels a paused holder loses and keeps the same things as in the virtual world, and
// that everything there is left as it was. The command and its output come from docs/attach.md. One
// of the servers is reached at another address than the Sentinels report.
func TestAttachedSentinelGivesTheVerdictsOfTheVirtualWorldAndIsLeftAsItWas(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the same command as the test with redis, on other servers")
	}
	needLive(t)
	t.Parallel() // it mostly waits
	theirs := foreignSentinels(t)
	if err := theirs.servers[0].Set(t.Context(), "account", "somebody's", 0).Err(); err != nil {
		t.Fatal(err)
	}
	before := theirs.state(t)
	detour, used := detourTo(t, theirs.addresses[0])
	command, shown := documentedSentinel(t)
	command = strings.NewReplacer(
		"127.0.0.1:7021", theirs.sentinels[0], "127.0.0.1:7022", theirs.sentinels[1], "127.0.0.1:7023", theirs.sentinels[2],
		"redis-master:6379", theirs.addresses[0], "127.0.0.1:7011", detour,
		"redis-replica-1:6379", theirs.addresses[1], "127.0.0.1:7012", theirs.addresses[1],
	).Replace(command)
	live, printed := runAsExpected(t, 6, strings.Fields(command)[2:]...)
	for _, line := range shown {
		if !printsRow(printed, line) {
			t.Errorf("the command does not print %q, but\n%s", line, printed)
		}
	}
	if used.Load() == 0 {
		t.Errorf("nobody took the address %s for the server that the Sentinels name %s", detour, theirs.addresses[0])
	}
	virtual, _ := runAsExpected(t, 6, "gc-pause", "pause-during-acquire", "--backend", "sentinel", "--guard", "none,fence-all,cas", "--seeds", "1")
	for _, simulated := range virtual {
		i := slices.IndexFunc(live, func(r outcome.Result) bool {
			return r.Scenario == simulated.Scenario && r.Guard == simulated.Guard
		})
		if i < 0 {
			t.Fatalf("%s with guard %s has not been run live", simulated.Scenario, simulated.Guard)
		}
		for _, p := range clientSide {
			if p == check.OverlapValid && simulated.Scenario == "gc-pause" {
				continue // chance decides it, as docs/attach.md says
			}
			if got, want := live[i].Finding(p), simulated.Finding(p); got.Verdict != want.Verdict {
				t.Errorf("%s, guard %s: %s %s (%s), and in the virtual world it %s", simulated.Scenario, simulated.Guard, p, got.Verdict, got.Why, want.Verdict)
			}
		}
	}
	await(t, "the replica to have what the master has", func() bool {
		return digest(t.Context(), t, theirs.servers[0]) == digest(t.Context(), t, theirs.servers[1])
	})
	if after := theirs.state(t); after != before {
		t.Errorf("it was\n%s\nand is\n%s", before, after)
	}
}

// documentedSentinel returns the command of docs/attach.md that attaches Sentinels, and the output
// shown for it.
func documentedSentinel(t *testing.T) (command string, shown []string) {
	t.Helper()
	document, err := os.ReadFile("../docs/attach.md")
	if err != nil {
		t.Fatal(err)
	}
	for command, shown := range consoles(string(document)) {
		if strings.Contains(command, "--attach sentinel=") {
			return command, shown
		}
	}
	t.Fatal("no command found: has the way in which the document shows commands changed?")
	return "", nil
}

// TestWhatIsNoSentinelWithAMasterCannotBeAttached checks that one line says what cannot be
// attached, before anything is written.
func TestWhatIsNoSentinelWithAMasterCannotBeAttached(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the same command as the test with redis, on other servers")
	}
	needLive(t)
	t.Parallel() // it mostly waits
	theirs := foreignSentinels(t)
	_, lonely := foreignRedis(t)
	redisAddress, nobody, idle := lonely.Options().Addr, freeAddress(t), freeAddress(t)
	startSentinel(t, idle)
	several := freeAddress(t)
	startSentinel(t, several, "sentinel monitor first "+hostAndPort(theirs.addresses[0])+" 1", "sentinel monitor second "+hostAndPort(redisAddress)+" 1")
	gone := freeAddress(t)
	startSentinel(t, gone, "sentinel monitor theirs "+hostAndPort(nobody)+" 1")
	binary, all := buildCommand(t), strings.Join(theirs.sentinels, ",")
	for name, c := range map[string]struct{ attach, want string }{
		"nobody listens":          {nobody, "ask the Sentinel at " + nobody + ": .*connection refused"},
		"a Redis":                 {redisAddress, "ask the Sentinel at " + redisAddress + ": it is no Sentinel: it answers SENTINEL MASTERS with .*unknown command.*name the Sentinels"},
		"no master":               {idle, "ask the Sentinel at " + idle + ": it watches no master"},
		"no such master":          {all + "@ours", "it watches no master of the name ours, but theirs"},
		"several masters":         {several, `it watches several masters \(first, second\): choose one of them, as in sentinel=\.\.\.@first`},
		"a master that is gone":   {gone, "the Sentinels name the server " + nobody + ", which cannot be reached from here .*sentinel=" + gone + "," + nobody + "=HOST:PORT"},
		"a server of their own":   {all + "," + nobody + "=" + redisAddress, "the Sentinels know of no server " + nobody + ", but of " + theirs.addresses[0]},
		"different masters":       {all + "," + several + "@theirs", "ask the Sentinel at " + several + ": it watches no master of the name theirs, but first, second"},
		"masters of one name":     {all + "," + gone, "the Sentinels do not agree on the master: at " + theirs.sentinels[0] + " it is " + theirs.addresses[0] + ", and at " + gone + " it is " + nobody},
		"too few for the trial":   {theirs.sentinels[0], `1 replica\(s\) and 1 Sentinel\(s\) are attached, .*ask for sentinel\+replicas=1\+sentinels=1`},
		"a replica in its place":  {all + "," + theirs.addresses[0] + "=" + theirs.addresses[1], "it is no master"},
		"an address without port": {"127.0.0.1", `"127.0.0.1" is not where a server is, expected HOST:PORT, as in sentinel=127.0.0.1:26379`},
	} {
		t.Run(name, func(t *testing.T) {
			scratch := openDir(t)
			run := exec.Command(binary, "run", "gc-pause", "--world", "live", "--backend", "sentinel", "--guard", "none", "--attach", "sentinel="+c.attach, "--out", filepath.Join(scratch, "out"))
			run.Env = append(os.Environ(), "TMPDIR="+scratch)
			out, err := run.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != statusBadInput {
				t.Errorf("%v, want exit status %d", err, statusBadInput)
			}
			if !regexp.MustCompile(`^locklab: .*` + c.want + `.*\n$`).Match(out) {
				t.Errorf("it says\n%swant one line with %s", out, c.want)
			}
			if written, _ := os.ReadDir(scratch); len(written) > 0 {
				t.Errorf("it has written %v", written)
			}
		})
	}
}

// foreignFailover is a master, a replica and three Sentinels as a third party runs them.
type foreignFailover struct {
	addresses []string // of the master and the replica
	sentinels []string // addresses
	servers   []*goredis.Client
}

// foreignSentinels starts a foreignFailover and waits until all its servers know each other.
func foreignSentinels(t *testing.T) *foreignFailover {
	t.Helper()
	f := &foreignFailover{}
	for range 2 {
		address, client := foreignRedis(t)
		f.addresses, f.servers = append(f.addresses, address), append(f.servers, client)
	}
	ctx := t.Context()
	host, port, _ := net.SplitHostPort(f.addresses[0])
	if err := f.servers[1].ReplicaOf(ctx, host, port).Err(); err != nil {
		t.Fatal(err)
	}
	await(t, "the replica to follow", func() bool {
		return strings.Contains(f.servers[1].Info(ctx, "replication").Val(), "master_link_status:up")
	})
	for range 3 {
		address := freeAddress(t)
		f.sentinels = append(f.sentinels, address)
		startSentinel(t, address, "sentinel monitor theirs "+hostAndPort(f.addresses[0])+" 2", "sentinel down-after-milliseconds theirs 5000")
	}
	await(t, "the Sentinels to know of each other", func() bool {
		for _, address := range f.sentinels {
			m := aboutMaster(ctx, address)
			if m["num-slaves"] != "1" || m["num-other-sentinels"] != "2" || m["flags"] != "master" {
				return false
			}
		}
		return true
	})
	return f
}

// hostAndPort writes an address as configuration files do.
func hostAndPort(address string) string { return strings.Replace(address, ":", " ", 1) }

// startSentinel starts a Sentinel that ends with the test.
func startSentinel(t *testing.T, address string, settings ...string) {
	t.Helper()
	program, err := redislive.ServerProgram()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "sentinel.conf")
	host, port, _ := net.SplitHostPort(address)
	settings = append([]string{"bind " + host, "port " + port, "dir " + dir}, settings...)
	if err := os.WriteFile(file, []byte(strings.Join(settings, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	startForeign(t, exec.Command(program, file, "--sentinel"))
	client := goredis.NewClient(&goredis.Options{Addr: address})
	defer client.Close()
	await(t, "the Sentinel to answer", func() bool { return client.Ping(context.Background()).Err() == nil })
}

// aboutMaster returns what a Sentinel says about the master.
func aboutMaster(ctx context.Context, sentinel string) map[string]string {
	client := goredis.NewSentinelClient(&goredis.Options{Addr: sentinel})
	defer client.Close()
	return client.Master(ctx, "theirs").Val()
}

// state returns what a trial might change: the keys, the settings, which server is the master and
// how the Sentinels watch it.
func (f *foreignFailover) state(t *testing.T) string {
	t.Helper()
	ctx := t.Context()
	var b strings.Builder
	for i, server := range f.servers {
		settings, err := server.ConfigGet(ctx, "*").Result()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, f.addresses[i], digest(ctx, t, server), server.Keys(ctx, "*").Val(), settings)
	}
	for _, address := range f.sentinels {
		about := aboutMaster(ctx, address)
		for _, name := range []string{"ip", "port", "flags", "config-epoch", "quorum", "down-after-milliseconds", "failover-timeout", "num-slaves", "num-other-sentinels"} {
			if about[name] == "" {
				t.Fatalf("the Sentinel at %s does not say what its %s is: %v", address, name, about)
			}
			fmt.Fprintln(&b, address, name, about[name])
		}
	}
	return b.String()
}

// detourTo returns another address of a server and counts the connections made to it.
func detourTo(t *testing.T, address string) (other string, used *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	used = new(atomic.Int64)
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			used.Add(1)
			go func() {
				defer from.Close()
				to, err := net.Dial("tcp", address)
				if err != nil {
					return
				}
				go func() {
					_, _ = io.Copy(to, from)
					to.Close()
				}()
				_, _ = io.Copy(from, to)
			}()
		}
	}()
	return l.Addr().String(), used
}
