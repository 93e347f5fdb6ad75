package trace_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/locklab/locklab/sim/historytest"
	"github.com/locklab/locklab/sim/trace"
)

func TestTheRightBalanceHasEveryEffectThatSomebodyWasToldOfOnce(t *testing.T) {
	for _, c := range []struct {
		name, transcript string
		want             []string
	}{
		{"two withdrawals computed from one balance", `
			0s - ledger-opened balance=100
			1s ledger   ledger-write op=client-2/1 client=client-2 base=0 version=1 balance=90
			1s client-2 wrote        op=client-2/1
			2s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=2 balance=90
			2s client-1 wrote        op=client-1/1`,
			[]string{"90 of 90", "90 of 80"}},
		{"what is lost stays lost", `
			0s - ledger-opened balance=100
			1s ledger   ledger-write op=client-2/1 client=client-2 base=0 version=1 balance=90
			2s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=2 balance=70
			3s client-2 wrote        op=client-2/1
			4s ledger   ledger-write op=client-2/2 client=client-2 base=2 version=3 balance=60`,
			[]string{"90 of 90", "70 of 60", "60 of 50"}},
		{"what nobody was told of is not missed", `
			0s - ledger-opened balance=100
			1s ledger   ledger-write  op=client-2/1 client=client-2 base=0 version=1 balance=90
			1s client-2 write-unknown op=client-2/1
			2s ledger   ledger-write  op=client-1/1 client=client-1 base=0 version=2 balance=90`,
			[]string{"90 of 90", "90 of 90"}},
		{"a job that was charged for twice", `
			0s - ledger-opened balance=100
			1s ledger   ledger-write op=client-2/1 job=job-1 client=client-2 base=0 version=1 balance=90
			2s ledger   ledger-write op=client-1/1 job=job-1 client=client-1 base=1 version=2 balance=80
			3s ledger   ledger-write op=client-2/2 job=job-2 client=client-2 base=2 version=3 balance=70`,
			[]string{"90 of 90", "80 of 90", "70 of 80"}},
		{"a withdrawal that was written twice", `
			0s - ledger-opened balance=100
			1s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=1 balance=90
			2s ledger   ledger-write op=client-1/1 client=client-1 base=1 version=2 balance=80
			3s client-1 wrote        op=client-1/1`,
			[]string{"90 of 90", "80 of 90"}},
		{"what was written over is there again when somebody goes on from it", `
			0s - ledger-opened balance=100
			1s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=1 balance=90
			1s client-1 wrote        op=client-1/1
			2s ledger   ledger-write op=client-2/1 client=client-2 base=0 version=2 balance=70
			2s client-2 wrote        op=client-2/1
			3s ledger   ledger-write op=client-3/1 client=client-3 base=1 version=3 balance=85
			3s client-3 wrote        op=client-3/1`,
			[]string{"90 of 90", "70 of 60", "85 of 55"}},
		{"the same write twice changes nothing", `
			0s - ledger-opened balance=100
			1s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=1 balance=90
			2s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=2 balance=90
			3s client-1 wrote        op=client-1/1`,
			[]string{"90 of 90", "90 of 90"}},
		{"a record that is not whole", `
			1s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=1 balance=90`,
			nil},
	} {
		var got []string
		for _, b := range trace.Balances(historytest.Transcript(t, c.transcript)) {
			got = append(got, fmt.Sprintf("%d of %d", b.Is, b.Right))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, expected %q", c.name, got, c.want)
		}
	}
}

func TestAWriteComputedFromALaterVersionIsFollowedToItsEnd(t *testing.T) {
	got := trace.Balances(historytest.Transcript(t, `
		0s - ledger-opened balance=100
		1s ledger ledger-write op=client-1/1 client=client-1 base=2 version=1 balance=90
		2s ledger ledger-write op=client-2/1 client=client-2 base=1 version=2 balance=80
		3s ledger ledger-write op=client-3/1 client=client-3 base=0 version=3 balance=90
		4s ledger ledger-write op=client-1/2 client=client-1 base=2 version=4 balance=70
		5s ledger ledger-write op=client-2/2 client=client-2 base=0 version=5 balance=90`))
	if len(got) != 5 {
		t.Errorf("got %v, expected five balances", got)
	}
}
