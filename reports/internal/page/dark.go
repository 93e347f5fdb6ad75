package page

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// rule maps a colour on light to its colour on dark; paint is fill or stroke.
type rule struct{ paint, light, dark string }

var (
	// sheetShape matches the only style sheet that a picture may have, as canvas.Figure writes it.
	sheetShape = regexp.MustCompile(`^@media\(prefers-color-scheme:dark\)\{(?::root\{background:#[0-9a-f]+\})?((?:` + ruleShape.String() + `)*)\}$`)
	ruleShape  = regexp.MustCompile(`\[(fill|stroke)="(#[0-9a-f]+)"\]\{(?:fill|stroke):(#[0-9a-f]+)\}`)
)

// sheetIn reads the style sheet of a picture, up to the end of its element.
func sheetIn(dec *xml.Decoder) (all []rule, err error) {
	var sheet xml.CharData
	ended := false
	for !ended {
		token, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("the picture is not valid SVG: %w", err)
		}
		switch t := token.(type) {
		case xml.CharData:
			sheet = append(sheet, t...)
		case xml.EndElement:
			ended = true
		default:
			return nil, errors.New("the picture has something other than text in its style sheet")
		}
	}
	whole := sheetShape.FindStringSubmatch(string(sheet))
	if whole == nil {
		return nil, errors.New("the picture has a style sheet with more than its colours on dark")
	}
	for _, r := range ruleShape.FindAllStringSubmatch(whole[1], -1) {
		all = append(all, rule{r[1], r[2], r[3]})
	}
	return all, nil
}

// darkSheet is the style sheet that all pictures of a page share.
type darkSheet map[rule]bool

// add records how a picture looks on dark.
func (d darkSheet) add(s sketch) {
	for _, r := range s.dark {
		d[r] = true
	}
}

// text returns the style sheet, or an error if two pictures contradict each other.
func (d darkSheet) text() (template.CSS, error) {
	var b strings.Builder
	var before rule
	for _, r := range slices.SortedFunc(maps.Keys(d), func(a, b rule) int {
		return strings.Compare(a.paint+a.light+" "+a.dark, b.paint+b.light+" "+b.dark)
	}) {
		if r.paint == before.paint && r.light == before.light {
			return "", fmt.Errorf("%s on light is %s on dark in one picture and %s in another, expected one colour", r.light, before.dark, r.dark)
		}
		fmt.Fprintf(&b, `.paper [%s="%s"]{%s:%s}`, r.paint, r.light, r.paint, r.dark)
		before = r
	}
	if b.Len() == 0 {
		return "", nil
	}
	return template.CSS("@media (prefers-color-scheme: dark) {\n" + b.String() + "\n}\n"), nil
}
