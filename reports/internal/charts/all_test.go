package charts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

func TestAllChartsComeInTheSameOrderAndOfEachWorldApart(t *testing.T) {
	var names []string
	for _, c := range All(world()) {
		names = append(names, c.Name)
		if c.Figure == nil || c.Title == "" || !strings.HasSuffix(c.Caption, ".") {
			t.Errorf("%s is not whole: %+v", c.Name, c)
		}
		where := c.Name[strings.LastIndex(c.Name, ".")+1:] + " world"
		if !strings.Contains(c.Caption, where) || !strings.Contains(c.Title, where) {
			t.Errorf("%s does not say its world: %q, %q", c.Name, c.Title, c.Caption)
		}
	}
	want := []string{
		"battery.virtual", "cap.virtual", "price.virtual", "battery.live",
		"matrix-story.virtual", "matrix.virtual",
		"matrix-no-fault.virtual", "matrix-pause.virtual", "matrix-crash.virtual", "matrix-clock.virtual", "matrix-network.virtual",
		"matrix.live",
	}
	if !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}

func TestAChartThatIsLeftOutSaysWhatItNeeds(t *testing.T) {
	want := []string{
		"There is no chart cap.live: it needs results of partition-sides.",
		"There is no chart price.live: it needs results of uncontended and of the battery.",
	}
	if got := Missing(world()); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := All(set(nil)); got != nil {
		t.Errorf("%d charts of nothing", len(got))
	}
}

func TestLiveAndSimulatedTrialsAreNeverInOneFigure(t *testing.T) {
	for _, c := range All(world()) {
		text := texts(t, c.Figure)
		live, virtual := strings.Contains(text, "Live world"), strings.Contains(text, "Virtual world")
		if live == virtual || live != strings.HasSuffix(c.Name, ".live") {
			t.Errorf("%s says it is live: %t, virtual: %t", c.Name, live, virtual)
		}
		if library := strings.Contains(text, "lib/"); library && !live {
			t.Errorf("%s shows a library, which runs in the live world only", c.Name)
		}
	}
}

func TestACaptionSaysWhereTheFiguresAreFrom(t *testing.T) {
	one := cell("s", "redis", "none", func(c *outcome.Summary) { c.Trials, c.Seeds = 1, outcome.Seeds{First: 7, Last: 7} })
	short := cell("s", "redis", "cas", func(c *outcome.Summary) { c.TTL = 1500 * time.Millisecond })
	for _, c := range []struct {
		cells []outcome.Summary
		want  string
	}{
		{nil, "no trials"},
		{[]outcome.Summary{cell("s", "redis", "none", notAvailable)}, "no trials"},
		{[]outcome.Summary{one}, "virtual world, 1 trial a cell (seed 7), lease 10 s"},
		{[]outcome.Summary{one, short}, "virtual world, 1 to 20 trials a cell (seeds 1 to 20), leases of 1.5 s to 10 s"},
	} {
		if got := about(c.cells); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// What a set loses is not money, and no lock is to blame for it.
func TestChartsLeaveOutTrialsThatTakeNoLock(t *testing.T) {
	set := &results.Set{
		Cells: []outcome.Summary{cell("gc-pause", "redis", "none", harm(20)), cell("set-after-crash", "redis", "none", harm(20)), cell("set-in-redis", "sentinel", "none", harm(20))},
		Cards: []outcome.Card{
			{Scenario: "gc-pause", Faults: []sim.FaultKind{sim.Pause}},
			{Scenario: "set-after-crash", Faults: []sim.FaultKind{sim.Crash}, Adds: true},
			{Scenario: "set-in-redis", Faults: []sim.FaultKind{sim.Partition}, Adds: true},
		},
	}
	for _, c := range chartsOf(set, sim.VirtualWorld) {
		for _, cell := range c.cells {
			if cell.Scenario != "gc-pause" {
				t.Errorf("the chart %s counts %s", c.name, cell.Scenario)
			}
		}
	}
	if n := len(newGrid(set, sim.VirtualWorld, locksIn(set, sim.VirtualWorld), false).cells); n != 1 {
		t.Errorf("the matrix has %d cells, expected that of gc-pause", n)
	}
}
