package trial

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Shard is one of several equal parts of a run, each of which may be run on another machine: of all
// trials in order, every Of-th, beginning with the Index-th. So each shard has some of every cell,
// and takes as long as any other. The zero value is the whole run.
type Shard struct {
	Index int `json:"index"` // from 1
	Of    int `json:"of"`
}

// MaxShards bounds the number of shards of a run, all of which are read at once to be put together.
const MaxShards = 500

// ParseShard reads "3/8". A run in one part is the whole run.
func ParseShard(text string) (Shard, error) {
	index, of, found := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	switch {
	case !found || err1 != nil || err2 != nil || i < 1 || n < i:
		return Shard{}, fmt.Errorf("%q is no part of a run; expected which part, from 1, and of how many: 1/8 to 8/8", text)
	case n > MaxShards:
		return Shard{}, fmt.Errorf("%q is one of too many parts, expected at most %d", text, MaxShards)
	case n == 1:
		return Shard{}, nil
	}
	return Shard{i, n}, nil
}

// String returns the shard as ParseShard reads it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Of) }

// Whole reports whether this is the whole run.
func (s Shard) Whole() bool { return s.Of == 0 }

// Has reports whether the k-th of the run, from 0, is in this shard.
func (s Shard) Has(k int) bool { return s.Whole() || k%s.Of == s.Index-1 }

// Count returns how many of so many are in this shard.
func (s Shard) Count(all int) int {
	if s.Whole() {
		return all
	}
	return (all + s.Of - s.Index) / s.Of
}

// Part returns those of all that are in the shard.
func Part[T any](all iter.Seq[T], s Shard) iter.Seq[T] {
	return func(yield func(T) bool) {
		k := 0
		for each := range all {
			if s.Has(k) && !yield(each) {
				return
			}
			k++
		}
	}
}
