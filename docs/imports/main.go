// Imports draws which package of locklab imports which, for docs/architecture.md:
//
//	go run ./docs/imports > docs/imports.svg
//
// It leaves out arrows that follow from others, so each one leads to the nearest package below.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

const module = "github.com/locklab/locklab/"

func main() {
	imports, err := read(".")
	if err == nil {
		_, err = os.Stdout.WriteString(draw(imports))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "imports:", err)
		os.Exit(1)
	}
}

// graph maps each package to its imports, as paths inside the module.
type graph map[string][]string

// testHelp lists packages that only tests import, and that would clutter the picture.
var testHelp = []string{"backends/locktest", "backends/realtime", "reports/internal/picturetest", "scenarios/internal/scripttest", "sim/bareheap", "sim/historytest", "sim/live/livetest", "docs/imports"}

// read asks the go command about the module that contains dir.
func read(dir string) (graph, error) {
	list := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...")
	list.Dir, list.Stderr = dir, os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the packages: %w", err)
	}
	all := graph{}
	for from := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := from.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the list of packages: %w", err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		if slices.Contains(testHelp, name) {
			continue
		}
		all[name] = []string{}
		for _, i := range p.Imports {
			if own, ok := strings.CutPrefix(i, module); ok {
				all[name] = append(all[name], own)
			}
		}
	}
}

// below returns everything that a package imports, directly or not.
func (g graph) below(p string) map[string]bool {
	all := map[string]bool{}
	var visit func(string)
	visit = func(p string) {
		for _, i := range g[p] {
			if !all[i] {
				all[i] = true
				visit(i)
			}
		}
	}
	visit(p)
	return all
}

// direct returns the imports of a package that do not follow from its other imports.
func (g graph) direct(p string) []string {
	follows := map[string]bool{}
	for _, i := range g[p] {
		for each := range g.below(i) {
			follows[each] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(g[p]), func(i string) bool { return follows[i] })
}

// ranks returns the length of the longest chain of imports that leads to each package.
func (g graph) ranks() map[string]int {
	ranks := map[string]int{}
	var rank func(string) int
	rank = func(p string) int {
		deepest, known := ranks[p]
		if known {
			return deepest
		}
		for user, imports := range g {
			if slices.Contains(imports, p) {
				deepest = max(deepest, 1+rank(user))
			}
		}
		ranks[p] = deepest
		return deepest
	}
	for p := range g {
		rank(p)
	}
	return ranks
}

// rows puts each package just below all packages that import it; nobody imports those in the
// first row. Within a row, packages are close to those above that lead to them.
func (g graph) rows() [][]string {
	var rows [][]string
	all, ranks := slices.Sorted(maps.Keys(g)), g.ranks()
	direct := map[string][]string{}
	for _, p := range all {
		direct[p] = g.direct(p)
		r := ranks[p]
		for len(rows) <= r {
			rows = append(rows, nil)
		}
		rows[r] = append(rows[r], p)
	}
	place := map[string]float64{}
	for _, row := range rows {
		near := map[string]float64{}
		for _, p := range row {
			sum, n := 0.0, 0.0
			for _, user := range all {
				if slices.Contains(direct[user], p) { // it is further up, so it already has its place
					sum, n = sum+place[user], n+1
				}
			}
			near[p] = sum / max(n, 1)
		}
		slices.SortStableFunc(row, func(a, b string) int { return cmp.Compare(near[a], near[b]) })
		for i, p := range row {
			place[p] = (float64(i) + 0.5) / float64(len(row))
		}
	}
	return rows
}
