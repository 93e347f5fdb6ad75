package canvas

import (
	"fmt"
	"image/png"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/locklab/locklab/reports/files"
)

// Figure is a picture that can be written as SVG and as PNG.
type Figure struct {
	Width, Height vg.Length // points
	Draw          func(Paper)
}

// pixelsPerInch makes the PNG of a figure 900 points wide 1200 pixels wide.
const pixelsPerInch = 96

// WritePNG writes the picture, 4 pixels for 3 points, on white.
func (f *Figure) WritePNG(w io.Writer) error {
	c := vgimg.NewWith(vgimg.UseWH(f.Width, f.Height), vgimg.UseDPI(pixelsPerInch))
	f.Draw(Paper{c, f.Height})
	// The file is a tenth larger than with the default, and takes a third of the time.
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(w, c.Image()); err != nil {
		return fmt.Errorf("write picture as PNG: %w", err)
	}
	return nil
}

// WriteSVG writes the picture, in points. The text stays text: it can be searched and scales. The
// same picture gives the same bytes on every machine.
func (f *Figure) WriteSVG(w io.Writer) error {
	c := newSVG(f.Width, f.Height)
	f.Draw(Paper{c, f.Height})
	if _, err := c.WriteTo(w); err != nil {
		return fmt.Errorf("write picture as SVG: %w", err)
	}
	return nil
}

// SavePNG writes the picture to a file.
func (f *Figure) SavePNG(path string) error { return save(path, f.WritePNG) }

// SaveSVG writes the picture to a file.
func (f *Figure) SaveSVG(path string) error { return save(path, f.WriteSVG) }

func save(path string, write func(io.Writer) error) error {
	if err := files.Write(path, write); err != nil {
		return fmt.Errorf("save a picture: %w", err)
	}
	return nil
}
