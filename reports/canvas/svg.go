package canvas

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strconv"
	"strings"

	xfont "golang.org/x/image/font"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// svg is a vg.Canvas that writes an SVG file: small, and the same bytes on every machine. It
// computes the positions on the paper itself, in hundredths of a point, so that the last bits of a
// computation do not reach the file; processors that multiply and add in one step round
// differently. Consecutive strokes of the same look become one path.
type svg struct {
	width, height vg.Length
	body          bytes.Buffer
	stack         []pencil
	pending       string       // look of the strokes in path
	path          bytes.Buffer //
	scheme        scheme
}

// pencil is the drawing state, and the affine map of points to the paper. The points are those of
// vg, whose y axis points up.
type pencil struct {
	colour         color.Color
	width          vg.Length
	dashes         []vg.Length
	offset         vg.Length
	xx, xy, yx, yy float64
	dx, dy         float64
}

func newSVG(width, height vg.Length) *svg {
	c := &svg{width: width, height: height}
	c.stack = []pencil{{colour: color.Black, width: 1, xx: 1, yy: -1, dy: height.Points()}}
	return c
}

func (c *svg) now() *pencil { return &c.stack[len(c.stack)-1] }

// Size is part of vg.CanvasSizer.
func (c *svg) Size() (w, h vg.Length) { return c.width, c.height }

func (c *svg) SetLineWidth(w vg.Length) { c.now().width = w }
func (c *svg) SetColor(to color.Color)  { c.now().colour = to }
func (c *svg) SetLineDash(dashes []vg.Length, offset vg.Length) {
	c.now().dashes, c.now().offset = dashes, offset
}

func (c *svg) Push() { c.stack = append(c.stack, *c.now()) }
func (c *svg) Pop()  { c.stack = c.stack[:len(c.stack)-1] }

func (c *svg) Rotate(angle float64) {
	p := c.now()
	sin, cos := math.Sincos(angle)
	p.xx, p.xy, p.yx, p.yy = p.xx*cos+p.xy*sin, p.xy*cos-p.xx*sin, p.yx*cos+p.yy*sin, p.yy*cos-p.yx*sin
}

func (c *svg) Translate(to vg.Point) {
	p := c.now()
	p.dx, p.dy = p.place(to)
}

func (c *svg) Scale(x, y float64) {
	p := c.now()
	p.xx, p.xy, p.yx, p.yy = p.xx*x, p.xy*y, p.yx*x, p.yy*y
}

// place maps a point to the paper, whose y axis points down.
func (p *pencil) place(at vg.Point) (x, y float64) {
	return p.xx*float64(at.X) + p.xy*float64(at.Y) + p.dx, p.yx*float64(at.X) + p.yy*float64(at.Y) + p.dy
}

// stretch returns the factor by which lengths grow.
func (p *pencil) stretch() float64 {
	return math.Sqrt(math.Abs(p.xx*p.yy - p.xy*p.yx))
}

// hundredths rounds a coordinate.
func hundredths(x float64) int64 { return int64(math.Round(x * 100)) }

// number writes hundredths with as few digits as possible.
func number(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	text := strconv.FormatInt(n/100, 10)
	switch cents := n % 100; {
	case cents == 0:
		return sign + text
	case n < 100:
		text = "" // ".5" for "0.5"
		fallthrough
	default:
		digits := fmt.Sprintf("%02d", cents)
		if digits[1] == '0' {
			digits = digits[:1]
		}
		return sign + text + "." + digits
	}
}

func length(x float64) string { return number(hundredths(x)) }

// Stroke draws along a path.
func (c *svg) Stroke(path vg.Path) {
	p := c.now()
	if p.width <= 0 {
		return
	}
	look := ` fill="none"` + c.paint("stroke", p.colour)
	if w := length(float64(p.width) * p.stretch()); w != "1" {
		look += ` stroke-width="` + w + `"`
	}
	for i, d := range p.dashes {
		if i == 0 {
			look += ` stroke-dasharray="` + length(float64(d))
		} else {
			look += " " + length(float64(d))
		}
		if i == len(p.dashes)-1 {
			look += `"`
		}
	}
	if len(p.dashes) > 0 && p.offset != 0 {
		look += ` stroke-dashoffset="` + length(float64(p.offset)) + `"`
	}
	c.draw(look, path, alpha(p.colour) == 0xFF)
}

// Fill fills a path.
func (c *svg) Fill(path vg.Path) {
	p := c.now()
	c.draw(c.paint("fill", p.colour), path, false)
}

// draw adds a path. mayJoin allows it to share an element with others of the same look.
func (c *svg) draw(look string, path vg.Path, mayJoin bool) {
	if look != c.pending || !mayJoin {
		c.flush()
	}
	c.pending = look
	c.trace(path)
	if !mayJoin {
		c.flush()
	}
}

// flush writes the path that is being collected.
func (c *svg) flush() {
	if c.path.Len() > 0 {
		fmt.Fprintf(&c.body, "<path%s d=\"%s\"/>\n", c.pending, c.path.Bytes())
	}
	c.path.Reset()
	c.pending = ""
}

// plain replaces characters that XML 1.0 does not allow (its section 2.2), and invalid encodings,
// by U+FFFD.
func plain(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\t', c == '\n', c == '\r', ' ' <= c && c <= 0xD7FF, 0xE000 <= c && c <= 0xFFFD, 0x10000 <= c:
			return c
		}
		return 0xFFFD
	}, text)
}

// FillString writes text: it stays text. It is as long as it was measured to be, whatever font
// shows it: letters of another font are made narrower or wider.
func (c *svg) FillString(f plotfont.Face, at vg.Point, text string) {
	c.flush()
	p := c.now()
	x, y := p.place(at)
	place := fmt.Sprintf(` x="%s" y="%s"`, length(x), length(y))
	if turn := math.Atan2(p.yx, p.xx) * 180 / math.Pi; hundredths(turn) != 0 {
		place = fmt.Sprintf(` transform="translate(%s %s) rotate(%s)"`, length(x), length(y), length(turn))
	}
	text = plain(text)
	if long := hundredths(f.Width(text).Points() * p.stretch()); long > 0 {
		place += ` textLength="` + number(long) + `" lengthAdjust="spacingAndGlyphs"`
	}
	fmt.Fprintf(&c.body, "<text%s%s font-size=\"%s\"%s>%s</text>\n", place, letters(f.Font),
		length(f.Font.Size.Points()*p.stretch()), c.paint("fill", p.colour), html.EscapeString(text))
}

// letters returns the attributes by which a font differs from the one that the file is set in.
func letters(f plotfont.Font) string {
	look := ""
	switch f.Variant {
	case "Serif":
		look += ` font-family="Liberation Serif,Times New Roman,serif"`
	case "Mono":
		look += ` font-family="Liberation Mono,Courier New,monospace"`
	}
	if f.Weight >= xfont.WeightSemiBold {
		look += ` font-weight="bold"`
	}
	if f.Style == xfont.StyleItalic {
		look += ` font-style="italic"`
	}
	return look
}

// DrawImage inserts a bitmap.
func (c *svg) DrawImage(into vg.Rectangle, img image.Image) {
	c.flush()
	var data bytes.Buffer
	if err := png.Encode(&data, img); err != nil {
		panic(fmt.Sprintf("encode an image: %v", err)) // only an image without a size fails
	}
	x, y := c.now().place(vg.Point{X: into.Min.X, Y: into.Max.Y})
	size := into.Size()
	fmt.Fprintf(&c.body, `<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none" href="data:image/png;base64,%s"/>`+"\n",
		length(x), length(y), length(size.X.Points()), length(size.Y.Points()), base64.StdEncoding.EncodeToString(data.Bytes()))
}

// WriteTo writes the file. A figure is set in the font that it was measured with, or in one of the
// two with the same widths, if the reader has one of them.
func (c *svg) WriteTo(w io.Writer) (int64, error) {
	c.flush()
	style, err := c.scheme.style()
	if err != nil {
		return 0, err
	}
	var file bytes.Buffer
	width, height := length(c.width.Points()), length(c.height.Points())
	fmt.Fprintf(&file, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]spt" height="%[2]spt" viewBox="0 0 %[1]s %[2]s" font-family="Liberation Sans,Arial,Helvetica,sans-serif">`+"\n%[3]s", width, height, style)
	out := bufio.NewWriter(w)
	head, err := file.WriteTo(out)
	if err != nil {
		return head, err
	}
	n, err := out.Write(c.body.Bytes())
	if err != nil {
		return head + int64(n), err
	}
	tail, err := out.WriteString("</svg>\n")
	if err != nil {
		return head + int64(n+tail), err
	}
	return head + int64(n+tail), out.Flush()
}

// paint returns the attribute that paints in a colour, with its opacity.
func (c *svg) paint(attribute string, in color.Color) string {
	c.scheme.use(attribute, in)
	look := " " + attribute + `="` + hex(onLight(in)) + `"`
	if a := alpha(in); a != 0xFF {
		look += fmt.Sprintf(` %s-opacity="%s"`, attribute, length(float64(a)/0xFF))
	}
	return look
}

func alpha(c color.Color) uint8 { return onLight(c).A }

func onLight(c color.Color) color.NRGBA {
	if c, both := c.(Colour); both {
		return c.Light
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

// hex writes a colour in SVG notation, in three digits if they suffice.
func hex(n color.NRGBA) string {
	if n.R%17 == 0 && n.G%17 == 0 && n.B%17 == 0 {
		return fmt.Sprintf("#%x%x%x", n.R/17, n.G/17, n.B/17)
	}
	return fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B)
}
