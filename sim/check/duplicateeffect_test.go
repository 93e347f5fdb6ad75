package check

import "testing"

func TestAnEffectMustNotBeAppliedTwice(t *testing.T) {
	judgeTrials(t, DuplicateEffect, []trial{
		{"each job was charged once", `
			1s ledger ledger-write client=client-1 op=client-1/1 job=job-1 version=1
			2s ledger ledger-write client=client-2 op=client-2/2 job=job-2 base=1 version=2`,
			Holds, "2 effects, each applied once", nil},
		{"withdrawals are effects of their own", `
			1s ledger ledger-write client=client-1 op=client-1/1 version=1
			2s ledger ledger-write client=client-1 op=client-1/2 version=2
			3s ledger ledger-write client=client-2 op=client-2/1 version=3`,
			Holds, "3 effects", nil},
		{"two workers charged for the same job", `
			1s ledger ledger-write client=client-2 op=client-2/1 job=job-1 version=1
			2s ledger ledger-marked client=client-2 op=client-2/1 job=job-1
			3s ledger ledger-write client=client-1 op=client-1/1 job=job-1 base=1 version=2`,
			Violated, "the account was charged for job-1 twice, for client-2 at 1.000 s and for client-1 at 3.000 s", []int64{1, 3}},
		{"nobody needs to have been told", `
			1s ledger ledger-write client=client-1 op=client-1/1 version=1
			2s client-1 write-unknown op=client-1/1
			3s ledger ledger-write client=client-1 op=client-1/1 version=2
			4s ledger ledger-write client=client-1 op=client-1/1 version=3`,
			Violated, "the 1st withdrawal of client-1 was deducted from the account at 1.000 s, and again at 3.000 s (the first of 2 duplicate effects)", []int64{1, 3}},
		{"a refused charge was not applied", `
			1s ledger ledger-write client=client-2 op=client-2/1 job=job-1 version=1
			3s ledger ledger-write-refused client=client-1 op=client-1/1 job=job-1`,
			Holds, "1 effect, each applied once", nil},
		{"the ledger took nothing", `
			1s ledger ledger-read client=client-1 op=client-1/1 job=job-1`,
			Undecided, "nothing could be applied twice", nil},
		{"an effect without an id", `
			1s ledger ledger-write client=client-1 version=1`,
			Undecided, "event 1 does not say which effect it applied", []int64{1}},
	})
}
