package lab

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	redislive "github.com/locklab/locklab/backends/redis/live"
)

// documentedServer is the address of the attached server in docs/attach.md.
const documentedServer = "127.0.0.1:7001"

// TestAttachedRedisGivesTheDocumentedVerdictsAndIsLeftAsItWas runs the commands of docs/attach.md,
// and compares their output, with a redis-server that runs outside and holds other people's keys.
// Its verdicts are the same as on a server of locklab's own, because the same expectations apply,
// and it is left as it was found.
func TestAttachedRedisGivesTheDocumentedVerdictsAndIsLeftAsItWas(t *testing.T) {
	needLive(t)
	t.Parallel() // it mostly waits
	document, err := os.ReadFile("../docs/attach.md")
	if err != nil {
		t.Fatal(err)
	}
	address, server := foreignRedis(t)
	ctx := t.Context()
	for i := range 100 {
		if err := server.Set(ctx, fmt.Sprint("somebody:", i), i, 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	before := digest(ctx, t, server)
	binary, scratch, ran := buildCommand(t), openDir(t), 0
	for command, shown := range consoles(string(document)) {
		if !strings.Contains(command, "--attach redis="+documentedServer) {
			continue
		}
		ran++
		args := strings.Fields(strings.ReplaceAll(command, documentedServer, address))
		run := exec.Command(binary, append(args[1:], "--out", t.TempDir())...)
		run.Env = append(os.Environ(), "TMPDIR="+scratch)
		var complaints strings.Builder
		run.Stderr = &complaints
		out, err := run.Output()
		if err != nil {
			t.Errorf("%s: %v\n%s%s", command, err, out, &complaints)
		}
		for _, line := range shown {
			if !printsRow(string(out), line) {
				t.Errorf("%s does not print %q, but\n%s", command, line, out)
			}
		}
		if after := digest(ctx, t, server); after != before {
			t.Errorf("%s has changed the server from %s to %s; its keys: %q", command, before, after, server.Keys(ctx, "locklab*").Val())
		}
		if got := server.ConfigGet(ctx, "notify-keyspace-events").Val(); got["notify-keyspace-events"] != "" {
			t.Errorf("%s has changed the server's settings: %v", command, got)
		}
	}
	if ran == 0 {
		t.Fatal("no command found: has the way in which the document shows commands changed?")
	}
	if left, _ := filepath.Glob(filepath.Join(scratch, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// printsRow reports whether a line that a document shows was printed. With Redis, chance decides
// whether the lock is given away within a paused client's deadline, as docs/attach.md says, so that
// column may have either verdict.
func printsRow(printed, line string) bool {
	fields := strings.Fields(regexp.QuoteMeta(line))
	if overlap := []string{"1", "violated", "✓", "holds"}; len(fields) > 6 && slices.Equal(fields[2:6], overlap) {
		fields[5] = "(holds|violated)"
	}
	return regexp.MustCompile(`(?m)^ *` + strings.Join(fields, " +")).MatchString(printed)
}

// consoles returns the commands in the console blocks of a document, which begin with "$ ", and the
// lines of output shown below each.
func consoles(document string) map[string][]string {
	out := map[string][]string{}
	for _, block := range strings.Split(document, "```console\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		command := ""
		for _, line := range strings.Split(block, "\n") {
			if text, ok := strings.CutPrefix(line, "$ "); ok {
				command = text
				out[command] = nil
			} else if strings.TrimSpace(line) != "" {
				out[command] = append(out[command], line)
			}
		}
	}
	return out
}

// foreignRedis starts a redis-server as a third party would.
func foreignRedis(t *testing.T) (address string, client *goredis.Client) {
	t.Helper()
	program, err := redislive.ServerProgram()
	if err != nil {
		t.Fatal(err)
	}
	address = freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	startForeign(t, exec.Command(program, "--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", t.TempDir(), "--enable-debug-command", "local"))
	client = goredis.NewClient(&goredis.Options{Addr: address})
	t.Cleanup(func() { client.Close() })
	await(t, "redis-server to answer", func() bool { return client.Ping(context.Background()).Err() == nil })
	return address, client
}

// digest returns a short summary of a server's contents.
func digest(ctx context.Context, t *testing.T, server *goredis.Client) string {
	t.Helper()
	content, err := server.Do(ctx, "DEBUG", "DIGEST").Text()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d keys, %s", server.DBSize(ctx).Val(), content)
}
