package trial

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

func TestEveryTrialIsInOneShard(t *testing.T) {
	list, err := Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 5, Last: 7}}.List(builtin(t)[:4])
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Collect(list.All())
	if len(all) != list.Len() {
		t.Fatalf("a list of %d trials has %d", list.Len(), len(all))
	}
	for _, of := range []int{1, 2, 7, len(all), len(all) + 3} {
		seen := map[string]int{}
		for index := 1; index <= of; index++ {
			s := Shard{index, of}
			n := 0
			for trial := range Part(list.All(), s) {
				result := trial.result()
				seen[result.ID()]++
				n++
			}
			if n != s.Count(len(all)) || n > len(all)/of+1 {
				t.Errorf("shard %s has %d of %d trials, and says %d", s, n, len(all), s.Count(len(all)))
			}
		}
		for _, trial := range all {
			result := trial.result()
			if n := seen[result.ID()]; n != 1 {
				t.Errorf("%s is in %d of %d shards", result.ID(), n, of)
			}
		}
	}
}

func TestShardsAreReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]Shard{"1/2": {1, 2}, "8/8": {8, 8}, "500/500": {500, 500}, "1/1": {}} {
		if got, err := ParseShard(text); err != nil || got != want || want.Of > 0 && got.String() != text {
			t.Errorf("%q is %v, want %v; %v", text, got, want, err)
		}
	}
	for _, text := range []string{"", "3", "0/8", "9/8", "1/501", "-1/8", "1/0", "a/b", "1/2/3", "1.5/2"} {
		if got, err := ParseShard(text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}
