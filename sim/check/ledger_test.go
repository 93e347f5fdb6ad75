package check

import (
	"strings"
	"testing"
)

// In lostWithdrawal both clients read 100, both withdraw something, and both are told that it
// was done.
const lostWithdrawal = `
	0s  -        ledger-opened
	1s  client-1 acquired      op=client-1/1 grant=a
	2s  ledger   ledger-read   op=client-1/1 client=client-1 version=0
	12s client-2 acquired      op=client-2/1 grant=b
	13s ledger   ledger-read   op=client-2/1 client=client-2 version=0
	14s ledger   ledger-write  op=client-2/1 client=client-2 base=0 version=1 balance=90
	14s client-2 wrote         op=client-2/1 version=1
	15s ledger   ledger-write  op=client-1/1 client=client-1 base=0 version=2 balance=80
	15s client-1 wrote         op=client-1/1 version=2
	16s -        end`

func TestAnOverwrittenWithdrawalIsALostUpdate(t *testing.T) {
	judgeTrials(t, LostUpdate, []trial{
		{"each write builds on the one before", `
			0s - ledger-opened version=7
			1s ledger   ledger-write op=client-1/1 client=client-1 base=7 version=8
			2s client-1 wrote        op=client-1/1
			3s ledger   ledger-write op=client-2/1 client=client-2 base=8 version=9
			4s client-2 wrote        op=client-2/1`,
			Holds, "2 acknowledged withdrawals, all of them in the final balance", nil},
		{"two withdrawals computed from one balance", lostWithdrawal, Violated,
			"client-1 wrote 80 at 15.000 s, computed from the balance that it had read at 2.000 s, " +
				"overwriting the 90 that client-2 had written at 14.000 s: 1 of 2 acknowledged withdrawals is lost",
			[]int64{3, 6, 8}},
		{"only the client's own record tells of the read", `
			0s - ledger-opened
			1s client-1 read         op=client-1/1 version=0
			2s ledger   ledger-write op=client-2/1 client=client-2 base=0 version=1
			3s client-2 wrote        op=client-2/1
			4s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=2`,
			Violated, "computed from the balance that it had read at 1.000 s", []int64{2, 3, 5}},
		{"nothing tells of the read", `
			0s - ledger-opened
			2s ledger   ledger-write op=client-2/1 client=client-2 base=0 version=1
			3s client-2 wrote        op=client-2/1
			4s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=2`,
			Violated, "computed from version 0 of the balance", []int64{2, 4}},
		{"a lost write takes those with it that were built on it", `
			0s - ledger-opened
			1s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=1 balance=90
			1s client-1 wrote        op=client-1/1
			2s ledger   ledger-write op=client-1/2 client=client-1 base=1 version=2
			2s client-1 wrote        op=client-1/2
			3s ledger   ledger-write op=client-2/1 client=client-2 base=0 version=3
			3s client-2 wrote        op=client-2/1
			4s ledger   ledger-write op=client-2/2 client=client-2 base=3 version=4
			4s client-2 wrote        op=client-2/2`,
			Violated, " for its 1st withdrawal at 3.000 s, computed from version 0 of the balance, overwriting the 90 that client-1 had written for its 1st withdrawal at 1.000 s: 2 of 4 acknowledged withdrawals are lost", []int64{2, 6}},
		{"what came before the lost write is safe", `
			0s - ledger-opened
			1s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=1
			1s client-1 wrote        op=client-1/1
			2s ledger   ledger-write op=client-2/1 client=client-2 base=1 version=2 balance=80
			2s client-2 wrote        op=client-2/1
			3s ledger   ledger-write op=client-1/2 client=client-1 base=1 version=3 balance=85
			3s client-1 wrote        op=client-1/2`,
			Violated, "client-1 wrote 85 for its 2nd withdrawal at 3.000 s, computed from version 1 of the balance, overwriting the 80 that client-2 had written for its 1st withdrawal at 2.000 s: 1 of 3 acknowledged withdrawals is lost", []int64{4, 6}},
		{"a lost write that the client was told nothing of does not count", `
			0s - ledger-opened
			1s ledger   ledger-write  op=client-1/1 client=client-1 base=0 version=1
			1s client-1 write-unknown op=client-1/1
			3s ledger   ledger-write  op=client-2/1 client=client-2 base=0 version=2
			3s client-2 wrote         op=client-2/1`,
			Holds, "1 acknowledged withdrawal, all of them in the final balance", nil},
		{"a withdrawal written twice is in the balance if one of them is", `
			0s - ledger-opened
			1s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=1
			2s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=2
			3s client-1 wrote        op=client-1/1`,
			Holds, "1 acknowledged withdrawal", nil},
		{"the account was never opened", `
			1s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=1
			1s client-1 wrote        op=client-1/1`,
			Undecided, "nothing tells how the account was opened", nil},
		{"the account was opened twice", `
			0s - ledger-opened
			1s - ledger-opened`,
			Undecided, "events 1 and 2 both open the account", nil},
		{"an acknowledged write is not in the ledger's record", `
			0s - ledger-opened
			1s client-1 wrote op=client-1/1`,
			Undecided, "the 1st withdrawal of client-1 was acknowledged, but the ledger has no such write", nil},
		{"a write was computed from a version that never was", `
			0s - ledger-opened
			1s ledger   ledger-write op=client-1/1 client=client-1 base=5 version=1
			1s client-1 wrote        op=client-1/1`,
			Undecided, "event 2 wrote version 1 from version 5, which did not exist", nil},
		{"a write was computed from a later one", `
			0s - ledger-opened
			1s ledger ledger-write op=client-1/1 client=client-1 base=2 version=1
			1s ledger ledger-write op=client-1/2 client=client-1 base=1 version=2`,
			Undecided, "event 2 wrote version 1 from version 2", nil},
		{"two writes made one version", `
			0s - ledger-opened
			1s ledger ledger-write op=client-1/1 client=client-1 base=0 version=1
			2s ledger ledger-write op=client-2/1 client=client-2 base=0 version=1`,
			Undecided, "events 2 and 3 both wrote version 1", nil},
		{"nothing was acknowledged", `
			0s - ledger-opened
			1s ledger ledger-write op=client-1/1 client=client-1 base=0 version=1`,
			Undecided, "no withdrawal was acknowledged", nil},
	})
}

func TestAWriteAfterALaterGrantToAnotherIsStale(t *testing.T) {
	judgeTrials(t, StaleWrite, []trial{
		{"each writes before the next is granted", `
			1s lock     granted      grant=a
			1s client-1 acquired     op=client-1/1 grant=a
			2s ledger   ledger-write op=client-1/1 client=client-1
			3s lock     granted      grant=b
			3s client-2 acquired     op=client-2/1 grant=b
			4s ledger   ledger-write op=client-2/1 client=client-2`,
			Holds, "2 writes, none from a superseded client", nil},
		{"the lease is over, but nobody has it yet", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			11s lock     expired      grant=a
			12s ledger   ledger-write op=client-1/1 client=client-1`,
			Holds, "1 write", nil},
		{"a paused holder wakes up and writes", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			11s lock     expired      grant=a
			12s lock     granted      grant=b
			12s client-2 acquired     op=client-2/1 grant=b
			15s ledger   ledger-write op=client-1/1 client=client-1`,
			Violated, "the account accepted the write of client-1 at 15.000 s, although the lock service had granted the lock to client-2 at 12.000 s",
			[]int64{1, 4, 6}},
		{"superseded by a client that has no answer yet", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			11s client-2 acquire-sent grant=b
			12s lock     granted      grant=b
			15s ledger   ledger-write op=client-1/1 client=client-1`,
			Violated, "had granted the lock to client-2", []int64{1, 4, 5}},
		{"the write event tells the grant where the client took the lock again", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			12s lock     granted      grant=b
			12s client-2 acquired     op=client-2/1 grant=b
			13s lock     granted      grant=c
			13s client-1 acquired     op=client-1/1 grant=c
			14s client-1 write        op=client-1/1 grant=a
			15s ledger   ledger-write op=client-1/1 client=client-1
			16s ledger   ledger-write op=client-1/1 client=client-1`,
			Violated, "(the first of 2 stale writes)", []int64{1, 3, 8}},
		{"a late write of a client's life before a crash, told by its version", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			9s  client-1 write        op=client-1/1 grant=a base=0
			12s lock     granted      grant=b
			12s client-2 acquired     op=client-2/1 grant=b
			13s ledger   ledger-write op=client-2/1 client=client-2 base=0 version=1
			14s lock     granted      grant=c
			14s client-1 acquired     op=client-1/1 grant=c
			15s client-1 write        op=client-1/1 grant=c base=1
			16s ledger   ledger-write op=client-1/1 client=client-1 base=1 version=2
			17s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=3`,
			Violated, "the account accepted the write of client-1 at 17.000 s, although the lock service had granted the lock to client-2 at 12.000 s", []int64{1, 4, 11}},
		{"the write of its second life came first", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a token=1
			12s lock     granted      grant=b
			12s client-2 acquired     op=client-2/1 grant=b token=2
			14s lock     granted      grant=c
			14s client-1 acquired     op=client-1/1 grant=c token=3
			15s client-1 write        op=client-1/1 grant=c token=3
			16s ledger   ledger-write op=client-1/1 client=client-1 token=3`,
			Holds, "1 write", nil},
		{"a charge, of which the account keeps no version", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a token=1
			9s  client-1 write        op=client-1/1 job=job-1 grant=a token=1 base=0
			12s lock     granted      grant=b
			12s client-2 acquired     op=client-2/1 grant=b token=2
			14s lock     granted      grant=c
			14s client-1 acquired     op=client-1/1 grant=c token=3
			15s client-1 write        op=client-1/1 job=job-1 grant=c token=3 base=0
			16s ledger   ledger-write op=client-1/1 job=job-1 client=client-1 token=1 base=7 version=8`,
			Violated, "the write of client-1 for job-1 at 16.000 s", []int64{1, 4, 9}},
		{"two lives wrote the same", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			9s  client-1 write        op=client-1/1 grant=a
			12s lock     granted      grant=b
			12s client-2 acquired     op=client-2/1 grant=b
			14s lock     granted      grant=c
			14s client-1 acquired     op=client-1/1 grant=c
			15s client-1 write        op=client-1/1 grant=c
			16s ledger   ledger-write op=client-1/1 client=client-1`,
			Undecided, "event 9: the 1st withdrawal of client-1 ran under several grants in turn, and it is unknown which one this request belongs to", nil},
		{"neither of two lives wrote this", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			14s lock     granted      grant=c
			14s client-1 acquired     op=client-1/1 grant=c
			16s ledger   ledger-write op=client-1/1 client=client-1`,
			Undecided, "ran under several grants", nil},
		{"a client does not supersede itself", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			12s lock     granted      grant=b
			12s client-1 acquired     op=client-1/2 grant=b
			15s ledger   ledger-write op=client-1/1 client=client-1`,
			Holds, "1 write", nil},
		{"no service: the lock code grants itself the lock", `
			| servers=none
			1s  client-1 granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			2s  client-2 granted      grant=b
			3s  ledger   ledger-write op=client-1/1 client=client-1`,
			Violated, "had granted the lock to client-2", []int64{1, 3, 4}},
		{"an observer's late stamp does not excuse the writer", `
			| world=live
			1s      lock     granted      grant=a
			1s      client-1 acquired     op=client-1/1 grant=a
			12s     client-2 acquired     op=client-2/1 grant=b
			12.001s ledger   ledger-write op=client-1/1 client=client-1
			12.002s lock     granted      grant=b`,
			Violated, "although the lock service had granted the lock to client-2 at 12.000 s", []int64{1, 3, 4}},
		{"the service never gave the writer's grant", `
			1s client-1 acquired     op=client-1/1 grant=a
			2s ledger   ledger-write op=client-1/1 client=client-1`,
			Undecided, "the 1st withdrawal of client-1 ran under the grant a, which the lock service never gave", nil},
		{"the writer had no grant", `
			2s ledger ledger-write op=client-1/1 client=client-1`,
			Undecided, "it is unknown under which grant the 1st withdrawal of client-1 ran", nil},
		{"a write of nobody", `
			2s ledger ledger-write`,
			Undecided, "it is unknown under which grant an unnamed operation ran", nil},
		{"a later grant to nobody knows whom", `
			1s  lock     granted      grant=a
			1s  client-1 acquired     op=client-1/1 grant=a
			12s lock     granted      grant=b
			15s ledger   ledger-write op=client-1/1 client=client-1`,
			Undecided, "event 3 gave the grant b to a client that the history does not name", nil},
		{"nothing was written", `
			1s lock granted grant=a`,
			Undecided, "the ledger accepted no write", nil},
	})
}

func TestARightfulHolderMustNotBeRefused(t *testing.T) {
	judgeTrials(t, FreshRefused, []trial{
		{"nothing was refused", `
			1s lock     granted      grant=a
			1s client-1 acquired     op=client-1/1 grant=a
			2s ledger   ledger-write op=client-1/1 client=client-1`,
			Holds, "0 refusals, none of a rightful holder", nil},
		{"a superseded holder was refused", `
			1s  lock     granted              grant=a
			1s  client-1 acquired             op=client-1/1 grant=a
			12s lock     granted              grant=b client=client-2
			15s ledger   ledger-write-refused op=client-1/1 client=client-1`,
			Holds, "1 refusal, none of a rightful holder", nil},
		{"a holder whose lease the service had ended was refused", `
			1s  lock     granted             grant=a
			1s  client-1 acquired            op=client-1/1 grant=a
			11s lock     expired             grant=a
			12s ledger   ledger-read-refused op=client-1/1 client=client-1`,
			Holds, "1 refusal, none of a rightful holder", nil},
		{"a holder who had released was refused", `
			1s  lock     granted              grant=a
			1s  client-1 acquired             op=client-1/1 grant=a
			2s  lock     freed                grant=a
			12s ledger   ledger-write-refused op=client-1/1 client=client-1`,
			Holds, "1 refusal, none of a rightful holder", nil},
		{"the newest holder was refused its write", `
			1s  lock     granted              grant=a
			1s  client-1 acquired             op=client-1/1 grant=a
			12s lock     granted              grant=b
			12s client-2 acquired             op=client-2/1 grant=b
			14s ledger   ledger-write-refused op=client-2/1 client=client-2`,
			Violated, "the guard refused client-2 its write at 14.000 s, though it was the rightful holder: it had been granted the lock at 12.000 s",
			[]int64{3, 5}},
		{"and its read, and again", `
			1s  lock     granted              grant=a
			1s  client-1 acquired             op=client-1/1 grant=a
			2s  ledger   ledger-read-refused  op=client-1/1 client=client-1
			3s  ledger   ledger-write-refused op=client-1/1 client=client-1`,
			Violated, "the guard refused client-1 its read at 2.000 s", []int64{1, 3}},
		{"what was refused is a late write of the holder's life before a crash", `
			1s  lock     granted              grant=a token=1
			1s  client-1 acquired             op=client-1/1 grant=a token=1
			9s  client-1 write                op=client-1/1 grant=a token=1
			11s lock     expired              grant=a
			14s lock     granted              grant=c token=3
			14s client-1 acquired             op=client-1/1 grant=c token=3
			15s ledger   ledger-write-refused op=client-1/1 client=client-1 token=1`,
			Holds, "1 refusal, none of a rightful holder", nil},
		{"or a late read", `
			1s  lock     granted              grant=a token=1
			1s  client-1 acquired             op=client-1/1 grant=a token=1
			11s lock     expired              grant=a
			14s lock     granted              grant=c token=3
			14s client-1 acquired             op=client-1/1 grant=c token=3
			15s ledger   ledger-read-refused  op=client-1/1 client=client-1 token=1
			16s ledger   ledger-read-refused  op=client-1/1 client=client-1 token=3`,
			Violated, "the guard refused client-1 its read at 16.000 s", []int64{4, 7}},
		{"a lease that ended only after the refusal", `
			1s  lock     granted              grant=a
			1s  client-1 acquired             op=client-1/1 grant=a
			10s ledger   ledger-write-refused op=client-1/1 client=client-1
			10s lock     expired              grant=a`,
			Violated, "the rightful holder", []int64{1, 3}},
		{"a grant of that name that came back after it had ended", `
			1s  lock     granted              grant=a
			11s lock     expired              grant=a
			12s lock     granted              grant=a
			12s client-1 acquired             op=client-1/1 grant=a
			13s ledger   ledger-write-refused op=client-1/1 client=client-1`,
			Violated, "it had been granted the lock at 12.000 s", []int64{3, 5}},
		{"live: the lease ended so near the refusal that the stamps do not tell", `
			| world=live
			1s      lock     granted              grant=a
			1s      client-1 acquired             op=client-1/1 grant=a
			10s     ledger   ledger-write-refused op=client-1/1 client=client-1
			10.015s lock     expired              grant=a`,
			Undecided, "too close to tell which came first", nil},
		{"live: the next grant came so near the refusal that the stamps do not tell", `
			| world=live
			1s      lock     granted              grant=a
			1s      client-1 acquired             op=client-1/1 grant=a
			10s     ledger   ledger-write-refused op=client-1/1 client=client-1
			10.015s lock     granted              grant=b`,
			Undecided, "too close to tell which came first", nil},
		{"live: the holder gave the lock back only after the refusal, however near", `
			| world=live
			1s      lock     granted              grant=a
			1s      client-1 acquired             op=client-1/1 grant=a
			10s     ledger   ledger-write-refused op=client-1/1 client=client-1
			10.001s client-1 release              op=client-1/1 grant=a
			10.002s lock     freed                grant=a
			10.003s lock     granted              grant=b`,
			Violated, "the rightful holder", []int64{1, 3}},
		{"live: the holder had asked to give the lock back before the refusal", `
			| world=live
			1s      lock     granted              grant=a
			1s      client-1 acquired             op=client-1/1 grant=a
			9.999s  client-1 release              op=client-1/1 grant=a
			10s     ledger   ledger-write-refused op=client-1/1 client=client-1
			10.002s lock     freed                grant=a`,
			Undecided, "too close to tell which came first", nil},
		{"live: far enough apart to tell", `
			| world=live
			1s      lock     granted              grant=a
			1s      client-1 acquired             op=client-1/1 grant=a
			10s     ledger   ledger-write-refused op=client-1/1 client=client-1
			10.021s lock     expired              grant=a`,
			Violated, "the rightful holder", []int64{1, 3}},
		{"the service never gave the grant", `
			1s client-1 acquired            op=client-1/1 grant=a
			2s ledger   ledger-read-refused op=client-1/1 client=client-1`,
			Undecided, "which the lock service never gave", nil},
		{"the ledger received no request", `
			1s lock granted grant=a`,
			Undecided, "the ledger received no request", nil},
	})
}

// In lateObserver client 2 is told that it has the lock before an observer of the service sees
// what came before that: the write of client 1, which was in time.
const lateObserver = `
	| world=live inside=yes
	0s    etcd-1   ledger-opened
	1s    client-1 acquire       op=client-1/1
	1.1s  etcd-1   granted       grant=a client=client-1
	1.1s  client-1 acquired      op=client-1/1 grant=a
	1.2s  client-1 read          op=client-1/1 version=0
	1.3s  client-2 acquire       op=client-2/1
	2s    client-1 write         op=client-1/1 grant=a base=0 balance=90
	2.1s  client-1 wrote         op=client-1/1 version=1
	2.2s  client-1 release       op=client-1/1 grant=a
	2.3s  client-1 released      op=client-1/1 grant=a
	2.31s client-2 acquired      op=client-2/1 grant=b
	2.32s etcd-1   ledger-write  op=client-1/1 client=client-1 base=0 version=1 balance=90
	2.33s etcd-1   freed         grant=a client=client-1
	2.34s etcd-1   granted       grant=b client=client-2
	3s    -        end`

func TestAnAccountInTheLockServiceGoesByTheOrderOfTheService(t *testing.T) {
	judgeTrials(t, StaleWrite, []trial{
		{"in time, and seen late", lateObserver, Holds, "1 write, none from a superseded client", nil},
		{"the same stamps, if the account has its own", strings.Replace(lateObserver, "inside=yes", "", 1), Violated, "although the lock service had granted the lock to client-2", []int64{3, 11, 12}},
		{"after the next grant", `
			| world=live inside=yes
			0s    etcd-1   ledger-opened
			1.1s  etcd-1   granted       grant=a client=client-1
			1.1s  client-1 acquired      op=client-1/1 grant=a
			2s    client-1 write         op=client-1/1 grant=a base=0
			2.1s  etcd-1   expired       grant=a client=client-1
			2.1s  etcd-1   granted       grant=b client=client-2
			2.1s  client-2 acquired      op=client-2/1 grant=b
			2.2s  etcd-1   ledger-write  op=client-1/1 client=client-1 base=0 version=1 balance=90
			3s    -        end`, Violated, "although the lock service had granted the lock to client-2", []int64{2, 6, 8}},
	})
	judgeTrials(t, FreshRefused, []trial{
		{"the refusal of a holder whose lease ends right after it", `
			| world=live inside=yes
			0s    etcd-1   ledger-opened
			1.1s  etcd-1   granted              grant=a client=client-1
			1.1s  client-1 acquired             op=client-1/1 grant=a
			2s    client-1 write                op=client-1/1 grant=a base=0
			2.1s  etcd-1   ledger-write-refused op=client-1/1 client=client-1 base=0
			2.1s  etcd-1   expired              grant=a client=client-1
			3s    -        end`, Violated, "the guard refused client-1 its write", []int64{2, 5}},
	})
	judgeTrials(t, RecordingSane, []trial{
		{"an observer that is late", lateObserver, Holds, "", nil},
		{"a write that no observer ever saw", `
			| world=live inside=yes
			0s    etcd-1   ledger-opened
			1.1s  etcd-1   granted       grant=a client=client-1
			1.1s  client-1 acquire       op=client-1/1
			1.1s  client-1 acquired      op=client-1/1 grant=a
			2s    client-1 write         op=client-1/1 grant=a base=0
			2.1s  client-1 wrote         op=client-1/1 version=1
			3s    -        end`, Undecided, "the ledger had not taken such a write", []int64{6}},
	})
}
