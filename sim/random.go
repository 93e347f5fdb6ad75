package sim

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// Random is a seeded stream of random numbers whose values do not depend on the Go release:
// PCG-DXSM is a published algorithm, and only its raw output is used.
type Random struct{ pcg *rand.PCG }

// NewRandom returns the stream with this name in the world with this seed. Each host, link and
// subsystem has its own stream, so that drawing more numbers from one does not change what the
// others draw.
func NewRandom(seed uint64, name string) *Random {
	h := fnv.New64a()
	h.Write([]byte(name)) // a hash.Hash never returns an error
	return &Random{pcg: rand.NewPCG(seed, h.Sum64())}
}

// Uint64 draws the next number.
func (r *Random) Uint64() uint64 { return r.pcg.Uint64() }

// DrawLength draws a duration evenly from [lo, hi]. It is the only draw from the stream of this
// name, so the result does not depend on what else is drawn, before or after, or on the world.
func DrawLength(seed uint64, name string, lo, hi time.Duration) time.Duration {
	if hi > lo {
		lo += time.Duration(NewRandom(seed, name).Uint64() % uint64(hi-lo+1))
	}
	return lo
}

// Float64 draws evenly from [0, 1).
func (r *Random) Float64() float64 { return float64(r.Uint64()>>11) / (1 << 53) }
