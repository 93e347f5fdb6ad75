package outcome

import (
	"math"

	"github.com/locklab/locklab/scenarios/bound"
)

// JudgeShare decides what k violated trials of n mean. From n trials, the share of all possible trials
// is known only within an interval. The result is not as expected if no share in the range lies in
// that interval. It is undecided if there are too few trials for that to happen, because they do
// not test an end of the range.
func JudgeShare(s bound.Share, k, n int) Outcome {
	low, high := exactInterval(k, n)
	switch {
	case high < s.From || low > s.To:
		return NotAsExpected
	case n < neededFor(s):
		return Undecided
	}
	return AsExpected
}

// neededFor returns how many trials it takes until no violations refute the lower end of the range and
// nothing but violations the upper end.
func neededFor(s bound.Share) int {
	n := 1
	for _, never := range []float64{1 - s.From, s.To} {
		if 0 < never && never < 1 { // all n trials are on this side with probability never^n
			n = max(n, 1+int(math.Floor(math.Log(uncertain/2)/math.Log(never))))
		}
	}
	return n
}

// uncertain is how often, at most, the interval misses the true share.
const uncertain = 0.01

// exactInterval returns the 99 % interval of a share when k of n trials were seen (C. J. Clopper
// and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
// binomial", 1934): the shares under which neither so few nor so many are too unlikely. It never
// misses the true share more often than it says.
func exactInterval(k, n int) (low, high float64) {
	low, high = 0, 1
	if k > 0 {
		low = bisect(func(p float64) bool { return binomialTail(n-k, n, 1-p) < uncertain/2 }) // k or more
	}
	if k < n {
		high = bisect(func(p float64) bool { return binomialTail(k, n, p) >= uncertain/2 }) // k or fewer
	}
	return low, high
}

// bisect finds the point between 0 and 1 from which so is no longer true.
func bisect(so func(float64) bool) float64 {
	low, high := 0.0, 1.0
	for range 60 {
		if middle := (low + high) / 2; so(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// binomialTail returns the probability of k or fewer of n, each with probability p.
func binomialTail(k, n int, p float64) float64 {
	switch {
	case p <= 0:
		return 1
	case p >= 1 && k < n:
		return 0
	case p >= 1:
		return 1
	}
	of := func(n int) float64 { v, _ := math.Lgamma(float64(n) + 1); return v }
	term := math.Exp(of(n) - of(k) - of(n-k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	if float64(k) > float64(n)*p { // the terms rise towards k, so fewer of those above k count
		above := 0.0
		for i := k; i < n; i++ {
			term *= float64(n-i) / float64(i+1) * p / (1 - p)
			if above += term; term < above*1e-17 {
				break
			}
		}
		return 1 - above
	}
	sum := term
	for i := k; i > 0; i-- {
		term *= float64(i) / float64(n-i+1) * (1 - p) / p
		if sum += term; term < sum*1e-17 {
			break
		}
	}
	return sum
}
