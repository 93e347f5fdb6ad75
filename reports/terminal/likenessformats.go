package terminal

import (
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// likenessDocument is one measure, compared between a library and the profile that stands for it.
type likenessDocument struct {
	Measure  check.Measure `json:"measure"`
	Likeness string        `json:"likeness"` // alike, too few or unlike
	Why      string        `json:"why,omitempty"`
	Allowed  time.Duration `json:"allowed"` // by how much the two may differ besides the slack, ns
	// Slack is what the machine may have added in the trial with the least and in the one with the
	// most, ns.
	Slack   [2]time.Duration `json:"slack"`
	Virtual figuresDocument  `json:"virtual"`
	Live    figuresDocument  `json:"live"`
}

// figuresDocument is what was measured on one side, in seconds.
type figuresDocument struct {
	Of     int     `json:"of"`     // trials
	Trials int     `json:"trials"` // those of them that measured something; if 0, the rest is 0
	Median float64 `json:"median"` // of the medians of the trials
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
}

func likenessDocuments(all []outcome.Compared) (out []likenessDocument) {
	for _, c := range all {
		out = append(out, likenessDocument{c.Measure, likenessWord(c.Likeness), c.Why, c.Allowed, c.Slack, figuresDocument(c.Virtual), figuresDocument(c.Live)})
	}
	return out
}

// likenessWord is the likeness in lower case.
func likenessWord(l outcome.Likeness) string { return strings.ToLower(l.String()) }

// likenessTitles returns the columns that compare a measure between a library and its profile, such
// as like.wait.live.median. Lengths are in seconds.
func likenessTitles(m check.Measure) []string {
	out := []string{"like." + string(m), "like." + string(m) + ".allowed", "like." + string(m) + ".slack.least", "like." + string(m) + ".slack.most"}
	for _, world := range []string{sim.VirtualWorld, sim.LiveWorld} {
		for _, figure := range []string{"n", "median", "least", "most"} {
			out = append(out, "like."+string(m)+"."+world+"."+figure)
		}
	}
	return out
}

func likenessFields(a outcome.Agreement, m check.Measure) []string {
	out := make([]string, len(likenessTitles(m)))
	for _, c := range a.Measures {
		if c.Measure != m {
			continue
		}
		out = append(out[:0], likenessWord(c.Likeness), csvSeconds(c.Allowed.Seconds()), csvSeconds(c.Slack[0].Seconds()), csvSeconds(c.Slack[1].Seconds()))
		for _, f := range []outcome.Figures{c.Virtual, c.Live} {
			out = append(out, strconv.Itoa(f.Trials))
			for _, x := range []float64{f.Median, f.Least, f.Most} {
				if f.Trials == 0 {
					out = append(out, "")
					continue
				}
				out = append(out, csvSeconds(x))
			}
		}
	}
	return out
}
