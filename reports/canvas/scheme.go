package canvas

import (
	"cmp"
	"fmt"
	"image/color"
	"maps"
	"slices"
	"strings"
)

// scheme is what an SVG looks like on dark paper. The attributes of its shapes give their look on
// light, which every program that shows SVG understands. A style sheet gives the values on dark,
// for browsers whose reader prefers that. It selects a shape by its value on light, so each value
// on light can stand for only one value on dark.
type scheme struct {
	dark map[paint]string
	err  error
}

// paint is an attribute, fill or stroke, and its value on light.
type paint struct{ attribute, light string }

// use records that something is painted in a colour.
func (s *scheme) use(attribute string, in color.Color) {
	c, both := in.(Colour)
	if !both {
		c = Colour{onLight(in), onLight(in)}
	}
	key, dark := paint{attribute, hex(c.Light)}, hex(c.Dark)
	if before, used := s.dark[key]; used && before != dark {
		s.err = cmp.Or(s.err, fmt.Errorf("two colours of a picture are both %s on light, and %s and %s on dark; give them different values on light", key.light, before, dark))
	}
	if s.dark == nil {
		s.dark = map[paint]string{}
	}
	s.dark[key] = dark
}

// The text around the rules of an SVG's style sheet. The background is for a file that is opened by
// itself, around the picture.
const (
	styleHead = "<style>@media(prefers-color-scheme:dark){"
	styleFoot = "}</style>\n"
)

// style returns the style sheet as an element, "" if the picture is the same on dark.
func (s *scheme) style() (string, error) {
	if s.err != nil {
		return "", s.err
	}
	used := slices.SortedFunc(maps.Keys(s.dark), func(a, b paint) int {
		return cmp.Or(cmp.Compare(a.attribute, b.attribute), cmp.Compare(a.light, b.light))
	})
	var rules strings.Builder
	for _, p := range used {
		if dark := s.dark[p]; dark != p.light {
			fmt.Fprintf(&rules, `[%s="%s"]{%s:%s}`, p.attribute, p.light, p.attribute, dark)
		}
	}
	if rules.Len() == 0 {
		return "", nil
	}
	return styleHead + ":root{background:" + hex(Ground.Dark) + "}" + rules.String() + styleFoot, nil
}
