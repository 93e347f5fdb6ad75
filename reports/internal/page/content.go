// Package page writes results as one HTML page to hand out: a single file that needs no network and
// no other files. Everything can be read without JavaScript; with it, a trial can be stepped
// through event by event.
//
// Whatever comes from a scenario, a backend or a history is text to the page, never markup, and a
// Content-Security-Policy allows no script but the page's own.
package page

import (
	"bufio"
	"fmt"
	"io"

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/reports/results"
)

// Content is what is on the page.
type Content struct {
	Title string
	// Headline is the most important result, in one sentence; Remarks follow it.
	Headline string
	Remarks  []string
	Set      *results.Set // with the claims
	Charts   []Chart
	NoCharts []string // which charts are missing and why, one sentence each
	Trials   []Trial  // those that can be stepped through
	LeftOut  int      // kept trials that are omitted to keep the page small
}

// Chart is a picture of many trials.
type Chart struct {
	Name, Title, Caption string // Name is unique and part of an address in the page
	Chapter              string // charts of one chapter follow each other
	SVG                  []byte // as canvas.Figure writes it
}

// Write writes the page. The same content gives the same bytes. It returns an error if a picture is
// not a plain drawing, or if writing to w fails.
func Write(w io.Writer, c Content) error {
	v, err := newView(c)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	if err := skeleton().Execute(b, v); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// Save writes the page to a file. An existing page is replaced only when the new one is complete.
func Save(path string, c Content) error {
	return files.Write(path, func(w io.Writer) error { return Write(w, c) })
}
