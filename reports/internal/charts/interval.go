package charts

import "math"

// Wilson returns the 95 % score interval of a share that was seen in k of n trials (E. B. Wilson,
// "Probable inference, the law of succession, and statistical inference", 1927). It stays within 0
// and 1 and is also informative for 0 of n, unlike mean and standard error. For no trials it is 0
// to 1.
func Wilson(k, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z = 1.959963984540054 // 97.5 % of a normal distribution lie below
	share, trials := float64(k)/float64(n), float64(n)
	middle := share + z*z/(2*trials)
	half := z * math.Sqrt(share*(1-share)/trials+z*z/(4*trials*trials))
	whole := 1 + z*z/trials
	low, high = max(0, (middle-half)/whole), min(1, (middle+half)/whole)
	switch k { // rounding would blur the exact ends
	case 0:
		low = 0
	case n:
		high = 1
	}
	return low, high
}
