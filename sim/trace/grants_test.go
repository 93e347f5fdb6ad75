package trace_test

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/historytest"
	"github.com/locklab/locklab/sim/trace"
)

func TestAGrantIsThatOfTheClientThatAskedForItOrWasToldOfIt(t *testing.T) {
	for _, each := range []struct {
		name, history string
		want          sim.HostID
	}{
		{"who was told of it", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a op=client-1/1`, "client-1"},
		{"who asked for it and never had the answer", `
			1s client-2 acquire-sent grant=a
			2s lock     granted      grant=a`, "client-2"},
		{"not who the service names, if a client has named it", `
			1s client-1 acquire-sent grant=a
			2s lock     granted      grant=a client=client-2`, "client-1"},
		{"also if it names it only later", `
			1s lock     granted      grant=a client=client-2
			2s client-1 acquire-sent grant=a`, "client-1"},
		{"who the service names, if no client does", `
			1s lock granted grant=a client=client-2`, "client-2"},
		{"the one that it names last", `
			1s lock granted grant=a client=client-2
			2s lock expired grant=a
			3s lock granted grant=a client=client-3`, "client-3"},
		{"on whose host it was given, where there is no service", `
			1s client-3 granted grant=a`, "client-3"},
		{"nobody's, if nothing tells", `
			1s lock granted grant=a`, ""},
		{"nobody's, if it is of another name", `
			1s client-1 acquire-sent grant=b
			2s lock     granted      grant=a`, ""},
	} {
		if got := trace.Read(historytest.Transcript(t, each.history)).Owner("a"); got != each.want {
			t.Errorf("%s: it is that of %q, want %q", each.name, got, each.want)
		}
	}
}

func TestAGrantWithoutANameIsNobodys(t *testing.T) {
	if got := trace.Read(historytest.Transcript(t, `
		1s client-1 acquire-sent
		2s lock     granted`)).Owner(""); got != "" {
		t.Errorf("it is that of %q", got)
	}
}

// A name that is granted again after its end is another grant.
func TestEachTimeThatTheLockIsGivenAwayIsAGrant(t *testing.T) {
	got := trace.Read(historytest.Transcript(t, `
		1s client-1 acquired grant=a op=client-1/1
		2s lock     granted  grant=a
		3s lock     expired  grant=a
		4s lock     granted  grant=a token=7
		5s lock     forgotten grant=a
		6s client-2 acquired grant=b op=client-2/1`))
	if n := len(got.Grants); n != 2 {
		t.Fatalf("%d grants, want 2", n)
	}
	first, second := got.Grants[0], got.Grants[1]
	if first.Rank != 1 || first.Proof != first.Acquired || first.Ended == nil || first.Ended.Seq != 3 || first.Client != "client-1" {
		t.Errorf("the first is %+v: its client was told before the service's stamp, which proves it", first)
	}
	if second.Rank != 2 || second.Acquired != nil || second.Ended != nil || second.Forgotten.Seq != 5 || second.Token() != 7 {
		t.Errorf("the second is %+v: nobody was told of it, and it was forgotten, not ended", second)
	}
	if proven := got.ProvenBy(0); !slices.Equal(proven, []*trace.Grant{first}) {
		t.Errorf("the first event proves %v", proven)
	}
	if len(got.Ungranted) != 1 || got.Ungranted[0].Grant != "b" {
		t.Errorf("acquired without ever having been given: %v, want b", got.Ungranted)
	}
}

// If the service keeps the account, its order is that of the account.
func TestInAServiceThatKeepsTheAccountItsOwnOrderCounts(t *testing.T) {
	g := trace.Read(historytest.Transcript(t, `
		| inside=yes
		1s client-1 acquired grant=a op=client-1/1
		2s lock     granted  grant=a`)).Grants[0]
	if g.Proof != g.Granted || g.Acquired == nil {
		t.Errorf("it is proven by %+v, want its own stamp", g.Proof)
	}
}

func TestHowLongEachServerHasAGrant(t *testing.T) {
	for _, each := range []struct {
		name, history, want string
	}{
		{"until it ends it", `
			1s redis-1 granted grant=a
			2s redis-1 expired grant=a
			9s - end`, "redis-1 1-2"},
		{"to the end, if nothing ends it", `
			1s redis-1 granted grant=a
			9s - end`, "redis-1 1-"},
		{"until another one takes over, which prolongs it", `
			1s etcd-1 granted  grant=a
			2s etcd-2 extended grant=a
			3s etcd-2 expired  grant=a
			9s - end`, "etcd-1 1-2, etcd-2 2-3"},
		{"until another one ends it, which had taken over unseen", `
			1s etcd-1 granted grant=a
			2s etcd-2 freed   grant=a
			9s - end`, "etcd-1 1-2"},
		{"until it forgets it", `
			1s redis-1 granted   grant=a
			2s redis-1 forgotten grant=a
			9s - end`, "redis-1 1-2"},
		{"again, if it prolongs what was over", `
			1s redis-1 granted  grant=a
			2s redis-1 expired  grant=a
			3s redis-1 extended grant=a
			9s - end`, "redis-1 1-2, redis-1 3-"},
		{"never, if it prolongs or ends what nobody gave", `
			1s redis-1 extended grant=a
			2s redis-1 expired  grant=a
			9s - end`, ""},
		{"each for itself, where each has a copy", `
			| copies=yes
			1s redis-1 granted  grant=a
			2s redis-2 extended grant=a
			3s redis-1 expired  grant=a
			9s - end`, "redis-1 1-3, redis-2 2-"},
		{"as votes, and the majority of them", `
			1s redis-1 node-granted grant=a
			2s redis-2 node-granted grant=a
			2s redis-2 granted      grant=a
			3s redis-1 node-ended   grant=a
			3s redis-1 expired      grant=a
			9s - end`, "vote of redis-1 1-3, vote of redis-2 2-, majority 2-3"},
		{"a client, where there is no service, until it crashes", `
			1s client-1 granted       grant=a
			2s client-1 fault-applied fault=crash_client-1
			9s - end`, "client-1 1-2"},
	} {
		if got := courseOf(trace.Read(historytest.Transcript(t, each.history)).Holdings); got != each.want {
			t.Errorf("%s: %q, want %q", each.name, got, each.want)
		}
	}
}

// courseOf formats holdings as "SERVER FROM-TO", in seconds.
func courseOf(all []*trace.Holding) (text string) {
	for i, h := range all {
		if i > 0 {
			text += ", "
		}
		switch {
		case h.Vote:
			text += "vote of "
		case h.Server == "":
			text += "majority"
		}
		text += string(h.Server) + span(h.Began, h.Ended)
	}
	return text
}
