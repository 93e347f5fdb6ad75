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

// What a picture may consist of: shapes and text, nothing that loads, links or runs.
var (
	elements   = []string{"svg", "g", "path", "text", "tspan", "rect", "circle", "line", "polyline", "polygon", "title", "desc"}
	attributes = []string{
		"xmlns", "width", "height", "viewBox", "version", "transform", "d", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy",
		"cx", "cy", "r", "rx", "ry", "points", "opacity", "font-family", "font-size", "font-weight", "font-style", "text-anchor",
		"textLength", "lengthAdjust", "role", "aria-label",
	}
)

// drawing checks that a picture can be put into the page.
func drawing(svg []byte) (template.HTML, error) {
	dec := xml.NewDecoder(bytes.NewReader(svg))
	empty := true
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", fmt.Errorf("the picture is not valid SVG: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if empty && t.Name.Local != "svg" {
				return "", fmt.Errorf("the picture begins with <%s>, expected <svg>", t.Name.Local)
			}
			empty = false
			if err := plain(t); err != nil {
				return "", err
			}
		case xml.ProcInst, xml.Directive, xml.Comment:
			return "", errors.New("the picture has something else than shapes and text in it; expected it to begin with <svg>")
		}
	}
	if empty {
		return "", errors.New("the picture is empty, expected <svg>")
	}
	return template.HTML(bytes.TrimSpace(svg)), nil
}

func plain(t xml.StartElement) error {
	if !slices.Contains(elements, t.Name.Local) {
		return fmt.Errorf("the picture has a <%s>, expected only %s", t.Name.Local, strings.Join(elements, ", "))
	}
	for _, a := range t.Attr {
		name := a.Name.Local
		paint := strings.HasPrefix(name, "fill") || strings.HasPrefix(name, "stroke")
		if a.Name.Space != "" || !paint && !slices.Contains(attributes, name) {
			return fmt.Errorf("the picture has the attribute %q, which only its shapes do not need", name)
		}
		if paint && strings.Contains(a.Value, "url(") {
			return fmt.Errorf("the picture takes its %s from %s, expected a colour", name, a.Value)
		}
	}
	return nil
}
