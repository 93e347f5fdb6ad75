package check

import "testing"

func TestOnlyTheHolderMayFreeTheLock(t *testing.T) {
	judgeTrials(t, ForeignRelease, []trial{
		{"each holder frees its own", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a op=1
			2s lock     freed    grant=a client=client-1
			3s lock     granted  grant=b client=client-2
			4s lock     freed    grant=b client=client-2`,
			Holds, "2 releases, each at the request of the holder", nil},
		{"a plain DEL frees the lock of the next holder", `
			1s  lock     granted  grant=a
			1s  client-1 acquired grant=a op=1
			11s lock     expired  grant=a
			12s lock     granted  grant=b
			12s client-2 acquired grant=b op=2
			13s lock     freed    grant=b client=client-1`,
			Violated, "the lock service freed the grant of client-2 at 13.000 s because client-1 asked for it", []int64{4, 6}},
		{"it happens twice", `
			1s lock     granted  grant=a client=client-2
			2s lock     freed    grant=a client=client-1
			3s lock     granted  grant=b client=client-2
			4s lock     freed    grant=b client=client-1`,
			Violated, "the first of 2 such releases", []int64{1, 2}},
		{"a lock without a service frees itself", `
			1s client-1 granted  grant=a
			1s client-1 acquired grant=a op=1
			2s client-1 freed    grant=a`,
			Holds, "1 release", nil},
		{"who asked counts, not where it was done", `
			1s client-1 granted  grant=a
			1s client-1 acquired grant=a op=1
			2s client-1 freed    grant=a client=client-2`,
			Violated, "because client-2 asked for it", []int64{1, 3}},
		{"a lease that runs out was freed by nobody", `
			1s  lock granted grant=a client=client-1
			11s lock expired grant=a`,
			Undecided, "the lock service was seen neither to free a grant on request nor to refuse to", nil},
		{"a client whose lease had run out asks, and is told that the lock is not its own", `
			1s  lock     granted  grant=a
			1s  client-1 acquired grant=a op=1
			11s lock     expired  grant=a
			12s lock     granted  grant=b client=client-2
			13s client-1 release  grant=a op=1
			13s client-1 not-released grant=a op=1 refused=yes`,
			Holds, "client-1, which no longer held the lock, asked to release it and was refused at 13.000 s", []int64{3, 6}},
		{"of several the first is shown, after what holders freed", `
			1s  lock     granted  grant=a client=client-1
			11s lock     expired  grant=a
			12s lock     granted  grant=b client=client-2
			13s client-1 not-released grant=a refused=yes
			14s lock     freed    grant=b client=client-2
			15s client-2 not-released grant=b refused=yes`,
			Holds, "1 release, each at the request of the holder; client-1, which no longer held the lock, asked to release it and was refused at 13.000 s (the first of 2 such releases)", []int64{2, 4}},
		{"a service that has forgotten the grant refuses as well", `
			1s lock     granted   grant=a client=client-1
			2s lock     forgotten grant=a
			3s client-1 not-released grant=a refused=yes`,
			Holds, "was refused at 3.000 s", []int64{2, 3}},
		{"no answer is no refusal: it may have been done", `
			1s  lock     granted grant=a client=client-1
			11s lock     expired grant=a
			13s client-1 not-released grant=a note=no_answer`,
			Undecided, "was seen neither to free", nil},
		{"a holder that is refused shows nothing about strangers", `
			1s lock     granted grant=a client=client-1
			3s client-1 not-released grant=a refused=yes`,
			Undecided, "was seen neither to free", nil},
		{"who freed it is not known, so a refusal of another release does not tell", `
			| world=live
			1s  lock     granted grant=a client=client-1
			11s lock     expired grant=a
			12s lock     granted grant=b client=client-2
			13s client-1 not-released grant=a refused=yes
			14s lock     freed   grant=b`,
			Undecided, "event 5 does not say who asked", nil},
		{"an observer that stamps the end a little late", `
			| world=live
			1s       lock     granted grant=a client=client-1
			11s      client-1 not-released grant=a refused=yes
			11.015s  lock     expired grant=a`,
			Holds, "was refused at 11.000 s", []int64{2, 3}},
		{"in the virtual world stamps are exact", `
			1s       lock     granted grant=a client=client-1
			11s      client-1 not-released grant=a refused=yes
			11.015s  lock     expired grant=a`,
			Undecided, "was seen neither to free", nil},
		{"one refusal does not make good what was freed before", `
			1s lock granted grant=a client=client-1
			2s lock freed   grant=a client=client-2
			3s client-1 not-released grant=a refused=yes`,
			Violated, "because client-2 asked for it", []int64{1, 2}},
		{"an observer that cannot tell who asked", `
			| world=live
			1s lock granted grant=a client=client-1
			2s lock freed   grant=a`,
			Undecided, "event 2 does not say who asked to free the grant a", nil},
		{"a grant that nobody is known to have", `
			1s lock granted grant=a
			2s lock freed   grant=a client=client-1`,
			Undecided, "the history does not say whose it was", nil},
		{"one foreign release is enough, whatever else is in doubt", `
			1s lock granted grant=a client=client-1
			2s lock freed   grant=a
			3s lock granted grant=b client=client-2
			4s lock freed   grant=b client=client-1`,
			Violated, "freed the grant of client-2", []int64{3, 4}},
	})
}
