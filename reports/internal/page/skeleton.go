package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"sync"
)

var (
	//go:embed page.html
	markup string
	//go:embed page.css
	style string
	//go:embed page.js
	javascript string
)

// skeleton is the page without its content. Its policy allows no script but ours, and loads
// nothing.
var skeleton = sync.OnceValue(func() *template.Template {
	sum := sha256.Sum256([]byte(javascript))
	policy := "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"style":  func() template.CSS { return template.CSS(style) },
		"script": func() template.HTML { return template.HTML("<script>" + javascript + "</script>") },
		"policy": func() template.HTMLAttr { return template.HTMLAttr(`content="` + policy + `"`) },
	}).Parse(markup))
})
