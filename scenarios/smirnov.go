package scenarios

// Two samples are held against each other by the one-sided test of Smirnov: of all values, how
// far does the share of one sample that lies below run ahead of the share of the other? It
// takes no view of how values are distributed, and it is exact for small samples: if both are
// drawn from one distribution, each order in which m and n values can stand is as likely as
// any other, and the orders can be counted. Equal values make it cautious: it then finds a
// difference more rarely than it says.

// runsAhead is how far sample a runs ahead of b at most, times len(a) times len(b): the largest
// difference between the share of a and the share of b that are not above a value. Both are
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

// chanceAhead is how likely it is that m values run ahead of n others as far, or farther, if all
// are drawn from one distribution. It walks through all orders of the values at once: chance[j]
// is how likely it is to have met i values of the one and j of the other sample and not to have
// been so far ahead before.
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

// shifted gives the sample with each value later by so much.
func shifted(sample []float64, by float64) []float64 {
	out := make([]float64, len(sample))
	for i, v := range sample {
		out[i] = v + by
	}
	return out
}
