package page

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
)

// A picture may contain only shapes and text: nothing that loads, links or runs.
var (
	elements   = []string{"svg", "g", "path", "text", "tspan", "rect", "circle", "line", "polyline", "polygon", "title", "desc"}
	attributes = []string{
		"xmlns", "width", "height", "viewBox", "version", "transform", "d", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy",
		"cx", "cy", "r", "rx", "ry", "points", "opacity", "font-family", "font-size", "font-weight", "font-style", "text-anchor",
		"textLength", "lengthAdjust", "role", "aria-label",
	}
)

// sketch is a picture that can be put into the page.
type sketch struct {
	markup template.HTML
	dark   []rule // how it looks on dark
}

// drawing checks that a picture can be put into the page. It removes the picture's style sheet,
// which would apply to the whole page.
func drawing(svg []byte) (sketch, error) {
	dec := xml.NewDecoder(bytes.NewReader(svg))
	s := sketch{}
	var picture []byte
	empty, taken := true, int64(0)
	for {
		before := dec.InputOffset()
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return sketch{}, fmt.Errorf("the picture is not valid SVG: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if empty && t.Name.Local != "svg" {
				return sketch{}, fmt.Errorf("the picture begins with <%s>, expected <svg>", t.Name.Local)
			}
			empty = false
			if t.Name.Local == "style" {
				if s.dark, err = sheetIn(dec); err != nil {
					return sketch{}, err
				}
				picture = append(picture, svg[taken:before]...)
				taken = dec.InputOffset()
				continue
			}
			if err := plain(t); err != nil {
				return sketch{}, err
			}
		case xml.ProcInst, xml.Directive, xml.Comment:
			return sketch{}, errors.New("the picture has something other than shapes and text, expected it to begin with <svg>")
		}
	}
	if empty {
		return sketch{}, errors.New("the picture is empty, expected <svg>")
	}
	s.markup = template.HTML(bytes.TrimSpace(append(picture, svg[taken:]...)))
	return s, nil
}

func plain(t xml.StartElement) error {
	if !slices.Contains(elements, t.Name.Local) {
		return fmt.Errorf("the picture has a <%s>, expected only %s", t.Name.Local, strings.Join(elements, ", "))
	}
	for _, a := range t.Attr {
		name := a.Name.Local
		paint := strings.HasPrefix(name, "fill") || strings.HasPrefix(name, "stroke")
		if a.Name.Space != "" || !paint && !slices.Contains(attributes, name) {
			return fmt.Errorf("the picture has the attribute %q, which a plain drawing does not need", name)
		}
		if paint && strings.Contains(a.Value, "url(") {
			return fmt.Errorf("the picture takes its %s from %s, expected a colour", name, a.Value)
		}
	}
	return nil
}
