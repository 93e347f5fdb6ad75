package script

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/workload"
)

// adds returns the script least with clients that add elements.
func adds(workload string) string { return strings.Replace(least, "{withdraw: {}}", workload, 1) }

func TestElementsAreAWorkloadWithoutALock(t *testing.T) {
	s, err := Load("test.yaml", []byte(adds("{add: {times: 3, every: 1s, stagger: 2s, think: {uniform: [0s, 1s]}}}")), Everything())
	if err != nil {
		t.Fatal(err)
	}
	w := s.Workload
	if w.Kind != workload.Add || w.Times != 3 || w.Every.In(s.TTL).Seconds() != 1 || w.Stagger.In(s.TTL).Seconds() != 2 || w.ThinkAtLeast == nil {
		t.Errorf("the workload is %+v", w)
	}
	if !slices.Equal(s.Guards, []string{"none"}) {
		t.Errorf("guards are %v, and there is no account to guard", s.Guards)
	}
	if hosts := s.AccountHosts(); len(hosts) > 0 {
		t.Errorf("there is an account on %v", hosts)
	}
	for _, name := range s.Backends {
		if name != "redis" && name != "sentinel" {
			t.Errorf("%s is to keep a set", name)
		}
	}
}

// TestWhatElementsCannotHave checks that a script must say nothing about locks and accounts if its
// clients take no lock.
func TestWhatElementsCannotHave(t *testing.T) {
	whole := adds("{add: {}}") + "backends: [redis]\n"
	for _, c := range []struct{ script, want string }{
		{strings.Replace(whole, "backends: [redis]", "backends: [etcd]", 1), "etcd cannot keep a set"},
		{whole + "guards: [cas]\n", "guard cas protects an account"},
		{strings.Replace(whole, "add: {}", "add: {wait: 1s}", 1), "wait"},
		{whole + "client: {1: {discipline: heedless}}\n", "client 1 has settings for a lock"},
		{whole + "client: {1: {ttl: 0.5ttl}}\n", "client 1 has settings for a lock"},
		{whole + "steps: [{on: {client: 1, event: acquired}, do: {pause: {host: client-1, for: 1s}}}]\n", "never records the event acquired"},
		{whole + "steps: [{on: {host: redis-1, event: granted}, do: {pause: {host: client-1, for: 1s}}}]\n", "records no event that a step can wait for"},
		{whole + "steps: [{on: {host: ledger, event: ledger-write}, do: {pause: {host: client-1, for: 1s}}}]\n", "there is no host"},
	} {
		_, err := Load("test.yaml", []byte(c.script), Everything())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want an error with %q, got %v in\n%s", c.want, err, c.script)
		}
	}
}
