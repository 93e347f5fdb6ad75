package outcome

// Two samples are compared by Smirnov's one-sided test: over all values, how far does the share of
// one sample that lies below a value run ahead of the share of the other? The test assumes nothing
// about how values are distributed, and it is exact for small samples: if both come from one
// distribution, every order in which m and n values can stand is equally likely, and the orders can
// be counted. Equal values make the test cautious: it then finds a difference less often than it
// states.

// runsAhead returns how far sample a runs ahead of b at most, times len(a) times len(b): the
// largest difference between the shares of a and of b that are not above a value. Both samples are
// sorted.
func runsAhead(a, b []float64) int {
	most, j := 0, 0
	for i := range a {
		if i+1 < len(a) && a[i+1] == a[i] {
			continue
		}
		for j < len(b) && b[j] <= a[i] {
			j++
		}
		most = max(most, (i+1)*len(b)-j*len(a))
	}
	return most
}

// chanceAhead returns the probability that m values run ahead of n others by at least far if all
// are drawn from one distribution. It walks through all orders of the values at once: chance[j] is
// the probability of having met i values of the first sample and j of the second without having
// been that far ahead before.
func chanceAhead(m, n, far int) float64 {
	if far <= 0 {
		return 1
	}
	total := 0.0
	chance := make([]float64, n+1)
	chance[0] = 1
	for i := range m + 1 {
		next := make([]float64, n+1)
		for j := range n + 1 {
			here := chance[j]
			if here == 0 {
				continue
			}
			if i*n-j*m >= far {
				total += here
				continue
			}
			left := float64(m - i + n - j)
			if i < m {
				next[j] += here * float64(m-i) / left
			}
			if j < n {
				chance[j+1] += here * float64(n-j) / left
			}
		}
		chance = next
	}
	return total
}

// shifted returns the sample with every value increased by the given amount.
func shifted(sample []float64, by float64) []float64 {
	out := make([]float64, len(sample))
	for i, v := range sample {
		out[i] = v + by
	}
	return out
}
