package lab

import (
	"fmt"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/trial"
)

// shardOf describes a part of a run that has this many trials, or points; nil is all of it.
func shardOf(part trial.Shard, all int, what string) (*results.Shard, error) {
	if part.Whole() {
		return nil, nil
	}
	if part.Of > all {
		return nil, fmt.Errorf("--shard is %s, but there are only %d %s: cut them into %d shards at most", part, all, what, all)
	}
	return &results.Shard{Shard: part, Trials: all}, nil
}
