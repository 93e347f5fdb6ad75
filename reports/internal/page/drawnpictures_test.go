package page

import (
	"encoding/json"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/diagram"
	"github.com/locklab/locklab/reports/internal/charts"
	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// drawnPicture is a picture as written to disk.
type drawnPicture struct{ name, svg string }

var pictures struct {
	once sync.Once
	all  []drawnPicture
}

// drawnPictures returns every chart, timelines of many scenarios, and some diagrams.
func drawnPictures(t *testing.T) []drawnPicture {
	t.Helper()
	pictures.once.Do(func() { pictures.all = drawPictures(t) })
	if len(pictures.all) == 0 {
		t.Fatal("there are no pictures, as another test could not draw them")
	}
	return pictures.all
}

func drawPictures(t *testing.T) (all []drawnPicture) {
	t.Helper()
	add := func(name string, f *canvas.Figure) {
		all = append(all, drawnPicture{name, string(picturetest.SVG(t, f))})
	}
	set := manyScenarios(t)
	for _, missing := range charts.Missing(set) {
		t.Error(missing)
	}
	for _, c := range charts.All(set) {
		add(c.Name, c.Figure)
	}
	for _, r := range everySweep(t) {
		add("sweep-"+r.Name, charts.Sweep(r))
	}
	timelines := 0
	for _, k := range set.Kept {
		if !k.Telling {
			continue
		}
		file, err := os.Open(k.Path)
		if err != nil {
			t.Fatal(err)
		}
		h, err := sim.ReadHistory(file, k.Path)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		figure, err := timeline.Timeline(h, k.Result.Findings, "")
		if err != nil {
			t.Fatal(err)
		}
		add("timeline of "+k.ID, figure)
		timelines++
	}
	if timelines < 20 {
		t.Errorf("only %d timelines, want 20", timelines)
	}
	for _, each := range []struct{ scenario, backend string }{
		{"gc-pause", "redis"}, {"failover", "sentinel+replication-lag=0.02ttl"}, {"holder-partitioned", "etcd"}, {"clock-forward-bare", "redlock"}, {"partition-sides", "zookeeper"},
	} {
		figure, err := diagram.Draw(picturetest.History(t, each.scenario, each.backend, "none"))
		if err != nil {
			t.Fatal(err)
		}
		add("diagram of "+each.scenario+" with "+each.backend, figure)
	}
	return all
}

// manyScenarios runs the battery, the scenarios that tell the debate, those that other charts need, and some
// with long names and much to say, each cell once.
func manyScenarios(t *testing.T) *results.Set {
	t.Helper()
	wanted := append(charts.Story(), "partition-sides", "uncontended", "contention", "random-timing", "split-brain-window",
		"split-brain-late", "counter-lost", "servers-paused", "session-events-unread", "charge-once", "value-set")
	all, err := scenarios.Builtin(script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(s *script.Scenario) bool { return !s.Battery && !slices.Contains(wanted, s.Name) })
	trials, err := trial.Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials(all)
	if err != nil {
		t.Fatal(err)
	}
	set, err := runOf(t.TempDir(), trials)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// everySweep runs each sweep with one seed per point.
func everySweep(t *testing.T) (all []sweep.Result) {
	t.Helper()
	sweeps, err := sweep.Builtin(script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sweeps {
		all = append(all, sweep.Result{About: s.About})
	}
	err = sweep.Run(t.Context(), sweeps, outcome.Seeds{First: 1, Last: 1}, trial.Shard{}, 2, func(p sweep.Point) error {
		i := slices.IndexFunc(all, func(r sweep.Result) bool { return r.Name == p.Sweep })
		all[i].Points = append(all[i].Points, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// quotedJSON returns text as a JavaScript literal.
func quotedJSON(t *testing.T, text string) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(quoted)
}
