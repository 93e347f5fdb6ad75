package results

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/scenarios/trial"
)

// shards are the parts of one run, in their order.
type shards struct {
	folders []string
	abouts  []About
	missing []int // those of which there is no folder
}

// AreShards reports whether some of these folders have a part of a run each. The error says why they
// cannot be put together.
func AreShards(folders []string) (bool, error) {
	s, err := findShards(folders)
	return s != nil, err
}

// findShards orders the parts of one run, nil if none of the folders has one. One part alone is read
// like a run.
func findShards(folders []string) (*shards, error) {
	if len(folders) < 2 {
		return nil, nil
	}
	if err := different(folders); err != nil {
		return nil, err
	}
	byIndex := map[int]int{} // the index of a shard in folders; only ever looked up
	var abouts []About
	parts := 0
	for i, folder := range folders {
		about, err := ReadAbout(folder)
		if err != nil {
			return nil, err
		}
		abouts = append(abouts, about)
		if about.Shard == nil {
			continue
		}
		if at, twice := byIndex[about.Shard.Index]; twice && parts > 0 {
			return nil, fmt.Errorf("%s and %s both have shard %s: its trials would count twice; leave one out", folders[at], folder, about.Shard.Shard)
		}
		byIndex[about.Shard.Index] = i
		parts++
	}
	if parts == 0 {
		return nil, nil
	}
	if at := slices.IndexFunc(abouts, func(a About) bool { return a.Shard == nil }); at >= 0 {
		return nil, fmt.Errorf("%s has no shard, but others have: report the shards of one run first, and what comes of them with %s", folders[at], folders[at])
	}
	return inOrder(folders, abouts, byIndex)
}

func inOrder(folders []string, abouts []About, byIndex map[int]int) (*shards, error) {
	first := &abouts[0]
	for i := range abouts {
		problem := first.differs(&abouts[i])
		if of := abouts[i].Shard.Of; of != first.Shard.Of {
			problem = fmt.Sprintf("it was cut into %d shards and is cut into %d", first.Shard.Of, of)
		}
		if problem != "" {
			return nil, fmt.Errorf("%s and %s are not shards of one run: %s", folders[0], folders[i], problem)
		}
	}
	s := &shards{}
	for index := 1; index <= first.Shard.Of; index++ {
		if at, is := byIndex[index]; is {
			s.folders, s.abouts = append(s.folders, folders[at]), append(s.abouts, abouts[at])
		} else {
			s.missing = append(s.missing, index)
		}
	}
	return s, nil
}

// whole says what the run is of which these are the parts.
func (s *shards) whole() About {
	about := s.abouts[0]
	about.Trials, about.Shards, about.Shard = about.Shard.Trials, about.Shard.Of, nil
	about.Command = without(about.Command, "--shard", "--out", "--jobs")
	for _, other := range s.abouts {
		if other.Started.Before(about.Started) {
			about.Started = other.Started
		}
	}
	return about
}

// without leaves out flags that say where a part was run, and which, not what was run.
func without(command []string, flags ...string) (out []string) {
	for i := 0; i < len(command); i++ {
		name, _, together := strings.Cut(command[i], "=")
		if !slices.Contains(flags, name) {
			out = append(out, command[i])
		} else if !together {
			i++ // its value
		}
	}
	return out
}

// Shard returns which part of a run the set is; the zero value: it is not one.
func (s *Set) Shard() trial.Shard {
	if len(s.Runs) == 1 && s.Runs[0].About.Shard != nil {
		return s.Runs[0].About.Shard.Shard
	}
	return trial.Shard{}
}

// MissingShards says which shards of a merged run are missing; empty if none are.
func (r *Run) MissingShards() string {
	var texts []string
	for _, index := range r.Missing {
		texts = append(texts, trial.Shard{Index: index, Of: r.Shards}.String())
	}
	return strings.Join(texts, ", ")
}
