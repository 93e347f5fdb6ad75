package control

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func acquire(grant string, ttl time.Duration) Command {
	return Command{Kind: CommandAcquire, Grant: grant, TTL: ttl}
}

func TestALeaseEndsExactlyWhenItsTimeIsUp(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		free  bool
	}{{10*time.Second - 1, false}, {10 * time.Second, true}} {
		m := NewModel()
		m.Apply(0, acquire("a", 10*time.Second))
		r := m.Apply(c.after, acquire("b", 10*time.Second))
		if r.OK != c.free || (r.Ended == "a") != c.free {
			t.Errorf("%v into a lease of 10 s another client is answered %+v", c.after, r)
		}
	}
}

func TestOnlyTheOwnerReleases(t *testing.T) {
	m := NewModel()
	m.Apply(0, acquire("a", time.Second))
	if r := m.Apply(1, Command{Kind: CommandRelease, Grant: "b"}); r.OK {
		t.Errorf("b released a's lock: %+v", r)
	}
	if r := m.Apply(2, Command{Kind: CommandRelease, Grant: "a"}); !r.OK {
		t.Errorf("a could not release its own lock: %+v", r)
	}
	if r := m.Apply(3, Command{Kind: CommandRelease, Grant: "a"}); r.OK {
		t.Errorf("a released twice: %+v", r)
	}
	if r := m.Apply(4, Command{Kind: CommandRelease, Grant: ""}); r.OK {
		t.Errorf("nobody released a free lock: %+v", r)
	}
}

func TestLeasesNeverOverlapAndTokensGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := NewModel()
		var now, freeFrom time.Duration
		var token uint64
		owner := ""
		for range rapid.IntRange(1, 30).Draw(t, "commands") {
			now += time.Duration(rapid.IntRange(0, 5).Draw(t, "later"))
			c := Command{
				Kind:  rapid.SampledFrom([]CommandKind{CommandAcquire, CommandRelease, CommandExpire}).Draw(t, "kind"),
				Grant: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "grant"),
				TTL:   time.Duration(rapid.IntRange(1, 10).Draw(t, "ttl")),
			}
			r := m.Apply(now, c)
			if now >= freeFrom {
				owner = ""
			}
			switch c.Kind {
			case CommandAcquire:
				if r.OK != (owner == "") {
					t.Fatalf("at %d, with owner %q until %d: %+v is answered %+v", now, owner, freeFrom, c, r)
				}
				if r.OK && r.Token <= token {
					t.Fatalf("token %d after token %d", r.Token, token)
				}
				if r.OK {
					owner, freeFrom, token = c.Grant, now+c.TTL, r.Token
				}
			case CommandRelease:
				if r.OK != (owner == c.Grant) {
					t.Fatalf("at %d, with owner %q until %d: %+v is answered %+v", now, owner, freeFrom, c, r)
				}
				if r.OK {
					owner = ""
				}
			}
		}
	})
}
