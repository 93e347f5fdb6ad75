package typeset

import (
	"slices"
	"strings"
	"testing"
)

const longName = "sentinel+replicas=2+min-replicas-to-write=1+min-replicas-max-lag=1ttl"

func TestNamesAreBrokenAtTheirOptions(t *testing.T) {
	for _, test := range []struct {
		width int
		want  []string
	}{
		{0, []string{longName}},
		{100, []string{longName}},
		{45, []string{"sentinel+replicas=2+min-replicas-to-write=1", "+min-replicas-max-lag=1ttl"}},
		{27, []string{"sentinel+replicas=2", "+min-replicas-to-write=1", "+min-replicas-max-lag=1ttl"}},
		{23, []string{"sentinel+replicas=2", "+min-replicas-to-write=", "1", "+min-replicas-max-lag=", "1ttl"}},
	} {
		got := BreakName(longName, test.width)
		if !slices.Equal(got, test.want) {
			t.Errorf("in %d columns: %q, want %q", test.width, got, test.want)
		}
		if strings.Join(got, "") != longName {
			t.Errorf("in %d columns something is lost: %q", test.width, got)
		}
	}
}

func TestAnUnknownFormatIsRefused(t *testing.T) {
	for _, f := range Formats() {
		if got, err := ParseFormat(string(f)); got != f || err != nil {
			t.Errorf("%s reads as %s, %v", f, got, err)
		}
	}
	if _, err := ParseFormat("xml"); err == nil || err.Error() != `"xml" is not a format, expected table, csv, json or md` {
		t.Errorf("error %v", err)
	}
}

func TestMarkdownReadsAsItStands(t *testing.T) {
	var b strings.Builder
	MarkdownTable(&b, [][]string{{"a|b"}, {"*x_y* <z> [w]\nv"}})
	if want := "| a\\|b |\n| --- |\n| \\*x\\_y\\* \\<z> \\[w] v |\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
