package canvas

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Figure is a picture that can be written as SVG and as PNG.
type Figure struct {
	Width, Height vg.Length // points
	Draw          func(Paper)
}

// pixelsPerInch makes a PNG of a figure 900 points wide 1200 pixels wide.
const pixelsPerInch = 96

// WritePNG writes the picture, 4 pixels for 3 points, on white.
func (f *Figure) WritePNG(w io.Writer) error {
	c := vgimg.NewWith(vgimg.UseWH(f.Width, f.Height), vgimg.UseDPI(pixelsPerInch))
	f.Draw(Paper{c, f.Height})
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(w); err != nil {
		return fmt.Errorf("write picture as PNG: %w", err)
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
	c := vgsvg.New(f.Width, f.Height)
	f.Draw(Paper{c, f.Height})
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return fmt.Errorf("write picture as SVG: %w", err)
	}
	svg := bytes.ReplaceAll(b.Bytes(), []byte(fontInSVG), []byte(fontsOnScreen))
	if n, err := w.Write(svg); err != nil {
		return fmt.Errorf("write picture as SVG: %w", err)
	} else if n < len(svg) {
		return fmt.Errorf("write picture as SVG: %w", io.ErrShortWrite)
	}
	return nil
}

// SavePNG writes the picture to a file.
func (f *Figure) SavePNG(path string) error { return save(path, f.WritePNG) }

// SaveSVG writes the picture to a file.
func (f *Figure) SaveSVG(path string) error { return save(path, f.WriteSVG) }

func save(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("save a picture: %w", err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return fmt.Errorf("save a picture: %w", err)
	}
	return nil
}
