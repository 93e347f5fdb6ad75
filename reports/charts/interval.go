package charts

import "math"

// Wilson gives the 95 % score interval of a share of which k of n trials were seen (E. B.
// Wilson, "Probable inference, the law of succession, and statistical inference", 1927). It
// stays within 0 and 1 and says something of 0 of n too, which mean and standard error do
// not. Of no trials it knows nothing: 0 to 1.
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
	switch k { // what rounding would leave of the exact ends
	case 0:
		low = 0
	case n:
		high = 1
	}
	return low, high
}
