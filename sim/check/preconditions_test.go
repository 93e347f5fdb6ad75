package check

import "testing"

func TestAFaultMustBeSeenToHappen(t *testing.T) {
	const proven = `
		| faults=pause_client-1
		1s client-1 acquired      grant=a
		1s client-1 fault-applied fault=pause_client-1
		1s client-1 fault-proven  fault=pause_client-1
		9s client-1 fault-proven  fault=pause_client-1
		9s client-1 fault-undone  fault=pause_client-1
		9s client-1 read`
	judgeTrials(t, FaultsHappened, []trial{
		{"the script has no faults", `1s - end`, Holds, "the script has no faults", nil},
		{"applied, proven, undone", proven, Holds, "1 fault, each proven to have taken effect", []int64{2, 4, 5}},
		{"a fault that lasts to the end", `
			| faults=pause_client-1
			1s client-1 fault-applied fault=pause_client-1
			1s client-1 fault-proven  fault=pause_client-1
			9s -        end`, Holds, "1 fault", []int64{1, 2}},
		{"its own deadline passes while a client is paused", `
			| faults=pause_client-1
			1s client-1 fault-applied fault=pause_client-1
			1s client-1 fault-proven  fault=pause_client-1
			5s client-1 deadline      grant=a
			6s client-2 acquired      grant=b
			9s client-1 fault-undone  fault=pause_client-1`, Holds, "1 fault", []int64{1, 2, 5}},
		{"it never fired", `
			| faults=pause_client-1
			9s - end`, Undecided, "pause client-1: the step never fired", nil},
		{"one of two fired", `
			| faults=pause_client-1,pause_client-1
			1s client-1 fault-applied fault=pause_client-1
			1s client-1 fault-proven  fault=pause_client-1`,
			Undecided, "pause client-1: the script has 2 such steps, of which only 1 fired", nil},
		{"another one fired", `
			| faults=pause_client-1,pause_client-2
			1s client-1 fault-applied fault=pause_client-1
			1s client-1 fault-proven  fault=pause_client-1`,
			Undecided, "pause client-2: the step never fired", nil},
		{"it could not be applied", `
			| faults=pause_client-1
			1s client-1 fault-unproven fault=pause_client-1 note=could_not_be_applied:_no_such_process`,
			Undecided, "pause client-1: not proven at 1.000 s: could not be applied: no such process", []int64{1}},
		{"no probe looked", `
			| faults=pause_client-1
			1s client-1 fault-applied fault=pause_client-1
			9s client-1 fault-undone  fault=pause_client-1`,
			Undecided, "pause client-1: applied at 1.000 s, but no probe saw it in effect", []int64{1}},
		{"it did not last", `
			| faults=pause_client-1
			1s client-1 fault-applied  fault=pause_client-1
			1s client-1 fault-proven   fault=pause_client-1
			9s client-1 fault-unproven fault=pause_client-1 note=before_it_was_undone:_it_runs
			9s client-1 fault-undone   fault=pause_client-1`,
			Undecided, "pause client-1: not proven at 9.000 s: before it was undone: it runs", []int64{1, 3}},
		{"the first time happened, the second did not", `
			| faults=pause_client-1
			1s client-1 fault-applied  fault=pause_client-1
			1s client-1 fault-proven   fault=pause_client-1
			2s client-1 fault-undone   fault=pause_client-1
			3s client-1 fault-unproven fault=pause_client-1 note=gone`,
			Undecided, "pause client-1: not proven at 3.000 s: gone", []int64{4}},
		{"the paused host did something", `
			| faults=pause_client-1
			1s client-1 fault-applied fault=pause_client-1
			1s client-1 fault-proven  fault=pause_client-1
			5s client-1 write         op=client-1/1
			9s client-1 fault-undone  fault=pause_client-1`,
			Undecided, `pause client-1: the host was not stopped: it recorded "write" at 5.000 s`, []int64{1, 3, 4}},
		{"the paused host did something and was not resumed", `
			| faults=pause_client-1
			1s client-1 fault-applied fault=pause_client-1
			1s client-1 fault-proven  fault=pause_client-1
			5s client-1 write         op=client-1/1`,
			Undecided, `the host was not stopped: it recorded "write" at 5.000 s`, []int64{1, 3}},
		{"live: it runs on before it was resumed", `
			| world=live faults=pause_client-1
			1s     client-1 fault-applied fault=pause_client-1
			1s     client-1 fault-proven  fault=pause_client-1
			9s     client-1 fault-proven  fault=pause_client-1
			9.001s client-1 write         op=client-1/1
			9.002s client-1 fault-undone  fault=pause_client-1`,
			Undecided, `the host was not stopped: it recorded "write" at 9.001 s`, []int64{1, 4, 5}},
		{"live: a paused client must be still at once", `
			| world=live faults=pause_client-1
			1s     client-1 fault-applied fault=pause_client-1
			1.001s client-1 write         op=client-1/1
			9s     client-1 fault-proven  fault=pause_client-1`,
			Undecided, "the host was not stopped", []int64{1, 2}},
		{"live: what is seen of a paused server may be stamped late", `
			| world=live faults=pause_lock
			1s     lock fault-applied fault=pause_lock
			1.015s lock granted       grant=a
			9s     lock fault-proven  fault=pause_lock`,
			Holds, "1 fault", []int64{1, 3}},
		{"live: but not that late", `
			| world=live faults=pause_lock
			1s     lock fault-applied fault=pause_lock
			1.021s lock granted       grant=a
			9s     lock fault-proven  fault=pause_lock`,
			Undecided, "the host was not stopped", []int64{1, 2}},
		{"a crashed host did something before it was switched on again", `
			| faults=crash_leader
			1s lock fault-applied fault=crash_leader
			1s lock fault-proven  fault=crash_leader
			5s lock granted       grant=a
			9s lock fault-undone  fault=crash_leader`,
			Undecided, `crash leader: the host was not stopped: it recorded "granted" at 5.000 s`, []int64{1, 3, 4}},
		{"a crashed host starts again at the instant at which that is undone", `
			| faults=crash_lock
			1s lock fault-applied fault=crash_lock
			1s lock fault-proven  fault=crash_lock
			9s lock expired       grant=a
			9s lock fault-undone  fault=crash_lock`, Holds, "1 fault", []int64{1, 2, 4}},
		{"a suspended host did something", `
			| faults=suspend_client-1
			1s client-1 fault-applied fault=suspend_client-1
			1s client-1 fault-proven  fault=suspend_client-1
			5s client-1 write         op=client-1/1`,
			Undecided, `the host was not stopped: it recorded "write" at 5.000 s`, []int64{1, 3}},
		{"a role that is another host the second time", `
			| faults=crash_leader
			1s lock     fault-applied fault=crash_leader
			1s lock     fault-proven  fault=crash_leader
			2s lock     fault-undone  fault=crash_leader
			3s client-1 fault-applied fault=crash_leader firing=1
			3s client-1 fault-proven  fault=crash_leader firing=1
			4s lock     granted       grant=a`, Holds, "2 faults", []int64{1, 2, 3, 4, 5}},
		{"one firing for two hosts is one step", `
			| faults=pause_all,pause_all
			1s client-1 fault-applied fault=pause_all
			1s client-1 fault-proven  fault=pause_all
			1s client-2 fault-applied fault=pause_all
			1s client-2 fault-proven  fault=pause_all`,
			Undecided, "pause all: the script has 2 such steps, of which only 1 fired", nil},
		{"two firings of one lane at once, of which one is not proven", `
			| faults=pause_any,pause_any
			1s client-1 fault-applied  fault=pause_any
			1s client-1 fault-proven   fault=pause_any
			1s client-1 fault-applied  fault=pause_any firing=1
			1s client-1 fault-proven   fault=pause_any firing=1
			2s client-1 fault-undone   fault=pause_any
			9s client-1 fault-unproven fault=pause_any firing=1 note=before_it_was_undone:_it_runs`,
			Undecided, "pause any: not proven at 9.000 s", []int64{3, 6}},
		{"nobody played the role", `
			| faults=pause_holder
			1s - fault-unproven fault=pause_holder note=could_not_be_applied:_no_client_holds_the_lock`,
			Undecided, "pause holder: not proven at 1.000 s: could not be applied: no client holds the lock", []int64{1}},
		{"a fault on links names no host", `
			| faults=partition_client-1_|_lock
			1s -        fault-applied fault=partition_client-1_|_lock
			1s -        fault-proven  fault=partition_client-1_|_lock
			2s client-1 write         op=client-1/1
			9s -        fault-undone  fault=partition_client-1_|_lock`, Holds, "1 fault", []int64{1, 2, 4}},
		{"only a host that is stopped is asked for stillness", `
			| faults=delay_client-1_→_lock_+1s
			1s client-1 fault-applied fault=delay_client-1_→_lock_+1s
			1s client-1 fault-proven  fault=delay_client-1_→_lock_+1s
			5s client-1 write         op=client-1/1
			9s client-1 fault-undone  fault=delay_client-1_→_lock_+1s`,
			Holds, "1 fault", []int64{1, 2, 4}},
	})
}

func TestAHistoryThatContradictsItselfIsNotJudged(t *testing.T) {
	judgeTrials(t, RecordingSane, []trial{
		{"a whole trial", `
			0s - ledger-opened
			1s client-1 acquire      op=client-1/1
			1s client-2 acquire      op=client-2/1
			1s lock     granted      grant=a
			1s client-1 acquired     op=client-1/1 grant=a
			2s client-1 write        op=client-1/1
			2s ledger   ledger-write op=client-1/1 client=client-1 base=0 version=1
			3s client-1 wrote        op=client-1/1 version=1
			4s client-2 not-acquired op=client-2/1
			5s -        end
			5s client-1 done`, Holds, "11 events, complete and consistent", nil},
		{"live: a client that is told before the observer sees it", `
			| world=live
			1s     client-1 acquire  op=client-1/1
			1s     client-1 acquired op=client-1/1 grant=a
			1.005s lock     granted  grant=a
			5s     -        end`, Holds, "4 events", nil},
		{"no service, so no record of one", `
			| servers=none
			1s client-1 acquire  op=client-1/1
			1s client-1 acquired op=client-1/1 grant=a
			5s -        end`, Holds, "3 events", nil},
		{"numbers are missing", `
			1s - end seq=2`, Undecided, "event 1 has the number 2", []int64{2}},
		{"time goes back", `
			2s client-1 done
			1s - end`, Undecided, "time goes backwards from 2.000 s to 1.000 s at event 2", []int64{2}},
		{"no end", `
			1s client-1 done`, Undecided, "the history has no end", nil},
		{"an empty history", ``, Undecided, "the history has no end", nil},
		{"two ends", `
			1s - end
			1s - end`, Undecided, "the trial ends twice, at events 1 and 2", []int64{2}},
		{"life after the end", `
			1s -        end
			2s client-1 done`, Undecided, "event 2 (done of client-1) happened at 2.000 s, after the trial had ended at 1.000 s", []int64{2}},
		{"a server that acts as a client", `
			1s ledger acquire op=client-1/1
			2s -      end`, Undecided, `event 1 (acquire) happened on "ledger", which is not a client`, []int64{1}},
		{"an answer without a question", `
			1s client-1 acquired op=client-1/1 grant=a
			2s -        end`, Undecided, "client-1 got an answer (acquired) for client-1/1 without having asked", []int64{1}},
		{"a second answer to one question", `
			1s client-1 acquire      op=client-1/1
			1s client-1 not-acquired op=client-1/1
			1s client-1 not-acquired op=client-1/1
			2s -        end`, Undecided, "client-1 got an answer (not-acquired) for client-1/1 without having asked", []int64{3}},
		{"asked again once answered", `
			1s client-1 acquire      op=client-1/1
			1s client-1 not-acquired op=client-1/1
			1s client-1 acquire      op=client-1/1
			2s -        end`, Holds, "4 events", nil},
		{"an answer to another's question", `
			1s client-1 acquire      op=client-1/1
			1s client-2 not-acquired op=client-1/1
			2s -        end`, Undecided, "client-2 got an answer (not-acquired) for client-1/1 without having asked", []int64{2}},
		{"asked again after a crash", `
			1s client-1 acquire       op=client-1/1
			2s client-1 fault-applied fault=crash_client-1
			3s client-1 acquire       op=client-1/1
			4s -        end`, Holds, "4 events", nil},
		{"an answer to a question from before the crash", `
			1s client-1 acquire       op=client-1/1
			2s client-1 fault-applied fault=crash_holder
			3s client-1 not-acquired  op=client-1/1
			4s -        end`, Undecided, "client-1 got an answer (not-acquired) for client-1/1 without having asked", []int64{3}},
		{"another's crash, and a pause, are no reason to ask again", `
			1s client-1 acquire       op=client-1/1
			2s client-2 fault-applied fault=crash_client-2
			2s client-1 fault-applied fault=pause_client-1
			3s client-1 acquire       op=client-1/1
			4s -        end`, Undecided, "while an earlier request is still open", []int64{4}},
		{"two questions at once", `
			1s client-1 acquire op=client-1/1
			1s client-1 acquire op=client-1/1
			2s -        end`, Undecided, "client-1 asks for the lock for client-1/1 while an earlier request is still open", []int64{2}},
		{"in the virtual world, a holder of whom the service knows nothing", `
			1s client-1 acquire  op=client-1/1
			1s client-1 acquired op=client-1/1 grant=a
			2s -        end`, Holds, "3 events", nil},
		{"a grant that the service never gave", `
			| world=live
			1s client-1 acquire  op=client-1/1
			1s client-1 acquired op=client-1/1 grant=a
			2s -        end`, Undecided, `client-1 acquired the grant "a", which the lock service never gave`, []int64{2}},
		{"the same with a lock that is known to do so", `
			| world=live ungranted=yes
			1s client-1 acquire  op=client-1/1
			1s client-1 acquired op=client-1/1 grant=a
			2s -        end`, Holds, "3 events", nil},
		{"a grant that a lock without servers never gave, though it records grants", `
			| servers=none world=live
			1s client-2 granted  grant=b
			1s client-1 acquire  op=client-1/1
			1s client-1 acquired op=client-1/1 grant=a
			2s -        end`, Undecided, `client-1 acquired the grant "a"`, []int64{3}},
		{"what clients of the trial have asked for", `
			| world=live nonce=1a2b
			1s client-2 acquire      op=client-2/1
			1s client-1 acquire-sent grant=account/7
			1s lock     granted      grant=account/7@12
			2s lock     expired      grant=account/7@12
			2s lock     node-granted grant=a~1a2b
			2s lock     granted      grant=lock-0000000001@0x5 client=client-2
			2s client-2 acquired     op=client-2/1 grant=account/7@12
			3s lock     freed        grant=lock-0000000001@0x5
			3s -        end`, Holds, "9 events", nil},
		{"a grant that nobody in the trial has asked for", `
			| world=live nonce=1a2b
			1s client-1 acquire-sent grant=a~1a2b
			1s lock     granted      grant=a~1a2b
			2s lock     granted      grant=b~9f9f
			3s -        end`, Undecided, `event 3 (granted of lock) is about the grant "b~9f9f", which no client of this trial asked for`, []int64{3}},
		{"a vote that nobody in the trial has asked for", `
			| world=live nonce=1a2b
			1s redis-1 node-granted grant=b~9f9f
			3s -       end`, Undecided, `about the grant "b~9f9f"`, []int64{1}},
		{"an earlier trial's grant that ends in this one", `
			| world=live nonce=1a2b
			1s lock freed grant=account/6@3 client=client-1
			3s -    end`, Undecided, `about the grant "account/6@3"`, []int64{1}},
		{"without a nonce nobody can tell", `
			| world=live
			1s lock granted grant=b
			3s -    end`, Holds, "2 events", nil},
		{"a grant without a name", `
			1s lock granted
			2s -    end`, Undecided, "event 1 does not say which grant was given", []int64{1}},
		{"a write to no account", `
			1s ledger ledger-write op=client-1/1 version=1
			2s -      end`, Undecided, "event 1 writes to an account that was not opened", []int64{1}},
		{"a version is missing", `
			0s - ledger-opened
			1s ledger ledger-write op=client-1/1 version=2
			2s -      end`, Undecided, "event 2 wrote version 2 of the account, but the previous one was 0", []int64{2}},
		{"a write that the ledger never took", `
			0s -        ledger-opened
			1s client-1 wrote op=client-1/1
			2s -        end`, Undecided, "client-1 was told that client-1/1 was written, but the ledger had not taken such a write", []int64{2}},
		{"live: a write that was stamped a little late", `
			| world=live
			0s     -        ledger-opened
			1s     client-1 wrote        op=client-1/1
			1.015s ledger   ledger-write op=client-1/1 version=1
			3s     -        end`, Undecided, "the ledger had not taken such a write", []int64{2}},
		{"a write that the ledger took only later", `
			0s -        ledger-opened
			1s client-1 wrote        op=client-1/1
			2s ledger   ledger-write op=client-1/1 version=1
			3s -        end`, Undecided, "the ledger had not taken such a write", []int64{2}},
	})
}
