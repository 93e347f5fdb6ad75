package check

import "testing"

func TestTokensMustRiseInTheOrderOfGrants(t *testing.T) {
	judgeTrials(t, TokenOrder, []trial{
		{"they rise, with gaps", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a token=33
			2s lock     granted  grant=b
			2s client-2 acquired grant=b token=34
			3s lock     granted  grant=c
			3s client-1 acquired grant=c token=40`,
			Holds, "3 tokens, each higher than the one before", nil},
		{"answers that arrive in another order than the grants", `
			1s lock     granted  grant=a
			2s lock     granted  grant=b
			3s client-2 acquired grant=b token=2
			4s client-1 acquired grant=a token=1`,
			Holds, "2 tokens", nil},
		{"a counter that started again", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a token=33
			2s lock     granted  grant=b
			2s client-2 acquired grant=b token=1`,
			Violated, "the lock service gave client-2 the token 1 at 2.000 s after it had given client-1 the token 33 at 1.000 s: tokens must increase",
			[]int64{2, 4}},
		{"the version of a fresh znode is always the same", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a token=5
			2s lock     granted  grant=b
			2s client-2 acquired grant=b token=5`,
			Violated, "gave client-2 the token 5", []int64{2, 4}},
		{"a client that never got its answer counts by the service's record", `
			1s lock     granted      grant=a token=7
			2s lock     granted      grant=b client=client-2
			2s client-2 acquired     grant=b token=7`,
			Violated, "after it had given an unknown client the token 7", []int64{1, 3}},
		{"what the client received counts, not what the service recorded", `
			1s lock     granted  grant=a token=1
			1s client-1 acquired grant=a token=9
			2s lock     granted  grant=b token=2
			2s client-2 acquired grant=b token=2`,
			Violated, "gave client-2 the token 2 at 2.000 s after it had given client-1 the token 9", []int64{2, 4}},
		{"a grant that nobody was told of may have had no token", `
			1s lock     granted  grant=a
			2s lock     granted  grant=b
			2s client-2 acquired grant=b token=7`,
			Holds, "1 token", nil},
		{"live: the client was told before the observer was", `
			| world=live
			1s     client-1 acquired grant=a token=1
			1.001s lock     granted  grant=a
			2s     lock     granted  grant=b
			2.001s client-2 acquired grant=b token=2`,
			Holds, "2 tokens", nil},
		{"a lock without tokens", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a`,
			Undecided, "no fencing token was issued", nil},
		{"one got a token and one did not", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a token=1
			2s lock     granted  grant=b
			2s client-2 acquired grant=b`,
			Undecided, "client-2 was granted the lock at 2.000 s without a token while others got one", []int64{4}},
		{"a token that is in no record of the service", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a token=1
			2s client-2 acquired grant=b token=2`,
			Undecided, "client-2 received the token 2 at 2.000 s, but the lock service has no record of that grant", []int64{3}},
	})
}
