package check

import "testing"

func TestAStaleWriteSaysForWhichOfSeveralWithdrawalsItWas(t *testing.T) {
	judgeTrials(t, StaleWrite, []trial{
		{"the second of one client", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			2s  ledger   ledger-write op=client-1/1 client=client-1
			3s  lock     granted      grant=b
			3s  client-1 acquired     op=client-1/2 grant=b
			14s lock     granted      grant=c
			14s client-2 acquired     op=client-2/1 grant=c
			15s ledger   ledger-write op=client-1/2 client=client-1`,
			Violated, "the account accepted the write of client-1 for its 2nd withdrawal at 15.000 s, although the lock service had granted the lock to client-2 at 14.000 s", []int64{4, 6, 8}},
		{"a charge", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			14s lock     granted      grant=b
			14s client-2 acquired     op=client-2/1 grant=b
			15s ledger   ledger-write op=client-1/1 client=client-1 job=job-1`,
			Violated, "the account accepted the write of client-1 for job-1 at 15.000 s", []int64{1, 3, 5}},
	})
}

func TestAClientThatOverwritesItselfIsNamedOnce(t *testing.T) {
	judgeTrials(t, LostUpdate, []trial{{"", `
		0s - ledger-opened
		1s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=1 balance=90
		1s client-1 wrote        op=client-1/1
		2s ledger   ledger-write op=client-1/2 client=client-1 base=0 version=2 balance=80
		2s client-1 wrote        op=client-1/2`,
		Violated, "client-1 wrote 80 for its 2nd withdrawal at 2.000 s, computed from version 0 of the balance, overwriting the 90 that it had written for its 1st withdrawal at 1.000 s", []int64{2, 4}}})
}
