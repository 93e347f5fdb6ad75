package script

import (
	"strings"
	"testing"
	"time"
)

func TestAScriptThatMakesSenseWithNoneOfItsCellsIsRefused(t *testing.T) {
	src := strings.Replace(least, "until", "backends: [redis, none]\nsteps:\n  - {on: {client: 1, event: renewed}, do: {pause: {host: client-1, for: 1s}}}\nuntil", 1)
	_, err := Load("test.yaml", []byte(src), Everything())
	if err == nil || !strings.Contains(err.Error(), "this step waits for the event renewed, which never occurs with none") {
		t.Errorf("got %v", err)
	}
}

func TestLengthsInSecondsAreSaidUnderAnotherLease(t *testing.T) {
	src := strings.Replace(least, "until: 4ttl", `lock: {timeout: 500ms}
backends: [redis, redis+renew]
steps:
  - {on: {client: 1, event: read}, after: 1s, do: {pause: {host: client-1, for: 20s}}}
  - {at: 3ttl, do: {clock: {host: client-1, clock: wall, step: -4s}}}
until: 10ttl`, 1)
	s, err := Load("test.yaml", []byte(strings.Replace(src, "ttl: 2s", "ttl: 45s", 1)), Everything())
	if err != nil {
		t.Fatal(err)
	}
	for ttl, want := range map[time.Duration]string{
		45 * time.Second: "",
		2 * time.Second: "lease 2s in place of the script's 45s: `timeout: 500ms` is 0.25 leases, `after: 1s` is 0.5 leases, " +
			"`for: 20s` is 10 leases, `step: 4s` is 2 leases",
	} {
		if got := s.InSeconds(ttl); got != want {
			t.Errorf("under %v: %q, want %q", ttl, got, want)
		}
	}
}
