package lab

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim/check"
)

// TestDocumentedTablesNameEveryProperty holds the tables of properties against the judges, row
// by row and in their order.
func TestDocumentedTablesNameEveryProperty(t *testing.T) {
	var properties, judged []string
	for _, p := range check.Properties() {
		properties = append(properties, fmt.Sprintf("| `%s` | ", p))
	}
	for _, p := range append(check.Properties(), check.Preconditions()...) {
		judged = append(judged, fmt.Sprintf("| `%s` | ", p))
	}
	for _, table := range []struct {
		document, head string
		rows           []string
	}{
		{"scenarios.md", "| property | violated when |", properties},
		{"architecture.md", "| property | violated when |", judged},
	} {
		t.Run(table.document+" "+table.head, func(t *testing.T) {
			text, err := os.ReadFile("../docs/" + table.document)
			if err != nil {
				t.Fatal(err)
			}
			_, rest, found := strings.Cut(string(text), table.head+"\n| --- | --- |\n")
			if !found {
				t.Fatal("there is no such table")
			}
			body, _, _ := strings.Cut(rest, "\n\n")
			rows := strings.Split(body, "\n")
			if len(rows) != len(table.rows) {
				t.Errorf("the table has %d rows, want %d", len(rows), len(table.rows))
			}
			for i, want := range table.rows {
				if i < len(rows) && !strings.HasPrefix(rows[i], want) {
					t.Errorf("row %d is %q, want %q", i+1, rows[i], want)
				}
			}
		})
	}
}
