package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/plaintext"
)

// About is what a run was asked to do: run.json.
type About struct {
	Command   []string       `json:"command"` // as typed
	Version   string         `json:"version"` // of locklab
	Go        string         `json:"go"`      // release that built it
	Started   time.Time      `json:"started"`
	World     string         `json:"world"`
	Seeds     string         `json:"seeds"`
	AsLive    bool           `json:"as_live,omitempty"`
	Keep      int            `json:"keep,omitempty"`    // how many histories of each cell were asked for
	Shard     *Shard         `json:"shard,omitempty"`   // which part of a run it is; nil: all of it
	Shards    int            `json:"shards,omitempty"`  // how many it was merged from; 0: none
	Trials    int            `json:"trials"`            // requested and possible
	Margins   int            `json:"margins,omitempty"` // rows of datasheets that were requested
	Scenarios []outcome.Card `json:"scenarios"`         // with the requested cells
}

// Shard is a part of a run.
type Shard struct {
	trial.Shard
	Trials int `json:"trials"` // of the whole run
}

// ReadAbout reads what the run in a folder was asked to do.
func ReadAbout(folder string) (About, error) {
	if err := own(folder); err != nil {
		return About{}, err
	}
	return readAbout(folder)
}

func readAbout(folder string) (About, error) {
	path := filepath.Join(folder, aboutFile)
	text, err := files.ReadRegular(path, maxAbout)
	if err != nil {
		return About{}, notAFolder(folder, err)
	}
	var about About
	if err := json.Unmarshal(text, &about); err != nil {
		return About{}, inFile(path, text, 1, err)
	}
	if about.Started.IsZero() {
		return About{}, inFile(path, text, 1, errors.New("it does not say when the run began"))
	}
	if err := errors.Join(visible(text), about.named(), about.shard()); err != nil {
		return About{}, inFile(path, text, 1, err)
	}
	return about, nil
}

// shard makes sure that the run is a possible part of another.
func (a *About) shard() error {
	s := a.Shard
	if s == nil {
		return nil
	}
	if s.Of < 2 || s.Of > trial.MaxShards || s.Index < 1 || s.Index > s.Of || s.Count(s.Trials) != a.Trials {
		return fmt.Errorf("shard %s of %d trials with %d of them does not exist", s.Shard, s.Trials, a.Trials)
	}
	return nil
}

func (a *About) write(folder string) error {
	text, err := json.MarshalIndent(a, "", "  ")
	if err == nil {
		err = files.WriteBytes(filepath.Join(folder, aboutFile), append(plaintext.VisibleJSON(text), '\n'))
	}
	if err != nil {
		return fmt.Errorf("describe the run: %w", err)
	}
	return nil
}

// differs says in what two runs, or parts of them, differ that would have the same trials if they
// were of one run; empty: in nothing. It leaves out when, by which command, and as which part.
func (a *About) differs(b *About) string {
	for _, each := range []struct {
		what string
		a, b any
	}{
		{"version of locklab", a.Version, b.Version},
		{"Go release that built it", a.Go, b.Go},
		{"world", a.World, b.World},
		{"choice of seeds", a.Seeds, b.Seeds},
		{"value of --as-live", a.AsLive, b.AsLive},
		{"value of --keep", a.Keep, b.Keep},
		{"number of trials", a.all(), b.all()},
	} {
		if each.a != each.b {
			return fmt.Sprintf("the %s was %v and is %v", each.what, each.a, each.b)
		}
	}
	one, err1 := json.Marshal(a.Scenarios)
	two, err2 := json.Marshal(b.Scenarios)
	if err1 != nil || err2 != nil || string(plaintext.VisibleJSON(one)) != string(plaintext.VisibleJSON(two)) {
		return "the scenarios are other ones, or other cells of them can be run"
	}
	return ""
}

// all returns how many trials the whole run has.
func (a *About) all() int {
	if a.Shard != nil {
		return a.Shard.Trials
	}
	return a.Trials
}
