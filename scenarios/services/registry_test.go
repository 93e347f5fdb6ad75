package services

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/backends/control"
)

// named is the perfect lock service under another name.
type named struct {
	control.Perfect
	name string
}

func (n named) Name() string { return n.name }

func TestRegisteredLockServicesHaveNamesOfTheirOwn(t *testing.T) {
	defer func(before int) { registered = registered[:before] }(len(registered))
	for name, expected := range map[string]string{
		"redis":   "a lock service named redis already exists",
		"":        "expected lower-case letters, digits and hyphens",
		"My Lock": "expected lower-case letters, digits and hyphens",
		"my+lock": "expected lower-case letters, digits and hyphens",
	} {
		if err := Register(named{name: name}); err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("a lock service named %q: error %v, expected %q", name, err, expected)
		}
	}
	if err := Register(named{name: "my-lock"}); err != nil {
		t.Fatal(err)
	}
	if err := Register(named{name: "my-lock"}); err == nil {
		t.Error("a name was given twice")
	}
	if b, err := Registry().Find("my-lock"); err != nil || b.Name() != "my-lock" {
		t.Errorf("found %v, %v", b, err)
	}
}
