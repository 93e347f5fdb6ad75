package main

import (
	"os"
	"strings"
	"testing"
)

func TestThePictureInTheDocumentsIsOfTheRealImports(t *testing.T) {
	imports, err := read(".")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("../imports.svg")
	if err != nil {
		t.Fatal(err)
	}
	if draw(imports) != string(kept) {
		t.Error("docs/imports.svg shows other imports: go run ./docs/imports > docs/imports.svg")
	}
}

func TestAnArrowThatFollowsFromOthersIsLeftOut(t *testing.T) {
	g := graph{"lab": {"reports", "sim"}, "reports": {"sim"}, "sim": {}}
	if got := strings.Join(g.direct("lab"), " "); got != "reports" {
		t.Errorf("lab leads to %q, expected to reports alone", got)
	}
	var rows []string
	for _, row := range g.rows() {
		rows = append(rows, strings.Join(row, " "))
	}
	if got := strings.Join(rows, ", "); got != "lab, reports, sim" {
		t.Errorf("from top to bottom: %s", got)
	}
}
