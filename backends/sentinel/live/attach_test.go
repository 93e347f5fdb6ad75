//go:build linux

package sentinellive

import (
	"reflect"
	"strings"
	"testing"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// The value of --attach sentinel= names Sentinels, the addresses of other servers, and the master
// that is meant.
func TestARequestNamesSentinelsDetoursAndAMaster(t *testing.T) {
	for text, want := range map[string]request{
		"a:1":             {sentinels: []string{"a:1"}},
		"a:1,b:2@mine":    {sentinels: []string{"a:1", "b:2"}, service: "mine"},
		"a:1,m:6379=b:2":  {sentinels: []string{"a:1"}, elsewhere: map[string]string{"m:6379": "b:2"}},
		"m:1=b:2,[::1]:1": {sentinels: []string{"[::1]:1"}, elsewhere: map[string]string{"m:1": "b:2"}},
	} {
		if want.elsewhere == nil {
			want.elsewhere = map[string]string{}
		}
		got, err := parseRequest(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %+v (%v), want %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                    "not where a server is",
		"a":                   "not where a server is",
		"a:1,m=b:2":           "not where a server is",
		"a:1,m:6379=b":        "not where a server is",
		"m:6379=b:2":          "no Sentinel is named",
		"a:1@":                "no name",
		"a:1,m:1=b:2,m:1=c:3": "twice",
	} {
		if _, err := parseRequest(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives the error %v, want one with %q", text, err, want)
		}
	}
}

// A client is told addresses outside the lab and goes to the hosts that stand for them, also after
// a failover; it cannot reach any other server.
func TestAnAttachedClientFollowsAFailoverAsFarAsRelaysLead(t *testing.T) {
	n := &network{places: map[string]sim.HostID{"redis-master:6379": "10.77.0.3", "10.1.2.3:7012": "10.77.0.4"}}
	for told, want := range map[string]sim.HostID{"redis-master:6379": "10.77.0.3", "10.1.2.3:7012": "10.77.0.4", "10.1.2.3:6379": ""} {
		got, err := n.placeOf(told)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("the master is %s: the client goes to %q (%v), want %q", told, got, err, want)
		}
	}
	own := &network{}
	if got, err := own.placeOf("10.77.0.5:6379"); got != "10.77.0.5" || err != nil {
		t.Errorf("in a lab of its own, the client goes to %q (%v), and was told 10.77.0.5", got, err)
	}
}

// Settings of servers cannot be changed on attached ones, and their number is fixed.
func TestAttachedServersAreTakenAsTheyAre(t *testing.T) {
	to := &backends.Attachment{
		Addresses: []string{"m:1", "r:1", "r:2", "s:1", "s:2", "s:3"}, Told: []string{"m:1", "r:1", "r:2"},
	}
	for options, want := range map[string]string{
		"+replicas=2":                    "",
		"+replicas=2+wait=1":             "",
		"":                               "2 replica(s) and 3 Sentinel(s) are attached, and the trial has 1 and 3: ask for sentinel+replicas=2+sentinels=3",
		"+replicas=2+sentinels=1":        "ask for sentinel+replicas=2+sentinels=3",
		"+replicas=2+down-after=0.1s":    "down-after is a setting of the servers",
		"+replicas=2+quorum=3":           "quorum is a setting of the servers",
		"+replicas=2+replication-lag=1s": "replication-lag is a setting of the servers",
	} {
		spec, err := backends.Registry{Backend{}}.ParseSpec("sentinel" + options)
		if err != nil {
			t.Fatal(err)
		}
		settings, err := spec.Settings(labTTL, false)
		if err != nil {
			t.Fatal(err)
		}
		got := Backend{}.Attach(to).Missing(settings)
		if want == "" && got != nil || want != "" && (got == nil || !strings.Contains(got.Error(), want)) {
			t.Errorf("sentinel%s: %v, want %q", options, got, want)
		}
	}
}
