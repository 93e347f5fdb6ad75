package reports

import (
	"bytes"
	"fmt"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Figure is a picture that can be written as SVG and as PNG.
type Figure struct {
	width, height vg.Length // points
	draw          func(paper)
}

// Timeline draws one trial: a lane for who the lock service thinks holds the lock, a
// lane a client, a lane for the account, a thin lane for every fault, and at the top
// what was violated and when. A history with more events than can be read is cut down
// to a window around the first violation; the caption says so. It returns an error when
// the history has no events.
func Timeline(h *sim.History, findings []check.Finding) (*Figure, error) {
	s, err := newScene(h, findings)
	if err != nil {
		return nil, err
	}
	sheet := arrange(s)
	return &Figure{width: pageWidth, height: sheet.height, draw: sheet.draw}, nil
}

// pixelsPerInch makes a PNG of pageWidth 1200 pixels wide.
const pixelsPerInch = 96

// WritePNG writes the picture, 1200 pixels wide, on white.
func (f *Figure) WritePNG(w io.Writer) error {
	c := vgimg.NewWith(vgimg.UseWH(f.width, f.height), vgimg.UseDPI(pixelsPerInch))
	f.draw(paper{c, f.height})
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(w); err != nil {
		return fmt.Errorf("write timeline as PNG: %w", err)
	}
	return nil
}

// The SVG names the font it was measured with, and two that have the same widths.
const (
	fontInSVG     = "font-family:Liberation Sans;"
	fontsOnScreen = "font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"
)

// WriteSVG writes the picture. The text stays text: it can be searched and scales.
func (f *Figure) WriteSVG(w io.Writer) error {
	c := vgsvg.New(f.width, f.height)
	f.draw(paper{c, f.height})
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return fmt.Errorf("write timeline as SVG: %w", err)
	}
	svg := bytes.ReplaceAll(b.Bytes(), []byte(fontInSVG), []byte(fontsOnScreen))
	if n, err := w.Write(svg); err != nil {
		return fmt.Errorf("write timeline as SVG: %w", err)
	} else if n < len(svg) {
		return fmt.Errorf("write timeline as SVG: %w", io.ErrShortWrite)
	}
	return nil
}
