package terminal

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/results"
)

// Who reads only the first line learns that trials are missing.
func TestTheHeadlineSaysThatTrialsAreMissing(t *testing.T) {
	for _, test := range []struct {
		finished        int
		headline, above string
	}{
		{7, "7 of 12 trials were finished. ", "7 of 12 trials were finished.\n"},
		{12, "", ""},
	} {
		set := &results.Set{Runs: []results.Run{{About: results.About{Trials: 4}, Finished: 4}, {About: results.About{Trials: 8}, Finished: test.finished - 4}}}
		if headline, _ := Headline(set); headline != test.headline+"Nothing was run." {
			t.Errorf("the headline is %q", headline)
		}
		for format, want := range map[Format]string{Table: test.above, CSV: "", JSON: ""} {
			var b strings.Builder
			if err := Unfinished(&b, set, Options{Format: format}); err != nil || b.String() != want {
				t.Errorf("as %s it says %q, want %q; %v", format, b.String(), want, err)
			}
		}
		var b strings.Builder
		if err := Unfinished(&b, set, Options{Format: Markdown}); err != nil || strings.HasPrefix(b.String(), "**7 of 12") != (test.above != "") {
			t.Errorf("as Markdown it says %q; %v", b.String(), err)
		}
	}
}
