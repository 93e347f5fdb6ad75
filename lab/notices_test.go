package lab

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// linked is a package that is linked into the program.
type linked struct {
	Dir      string
	Standard bool
	Module   *struct{ Path, Version, Dir string }
}

// platforms lists the platforms that the program is built for; what is linked differs a little.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64"}

// linkedPackages lists the packages that are linked into the program on every platform.
func linkedPackages(t *testing.T) []linked {
	t.Helper()
	var all []linked
	for _, platform := range platforms {
		system, machine, _ := strings.Cut(platform, "/")
		list := exec.Command("go", "list", "-deps", "-json=Dir,Standard,Module", "../cmd/locklab-live")
		list.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+machine, "CGO_ENABLED=0")
		list.Stderr = os.Stderr
		out, err := list.Output()
		if err != nil {
			t.Fatalf("list the packages for %s: %v", platform, err)
		}
		for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
			var p linked
			if err := dec.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
	}
	return all
}

var licenceFile = regexp.MustCompile(`(?i)^((li[cs]en[cs]e|copying|notice|patents)([-.].*)?|ftl\.txt)$`)

// licencesIn returns the texts of the licences in a folder, by file.
func licencesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Join(dir, e.Name())] = strings.TrimSpace(strings.ReplaceAll(string(text), "\r", ""))
	}
	return texts
}

// noticesFor writes each licence once, below the modules that it applies to. Licences are in the
// folders of a module's packages and their parents, and freetype's in a folder of its own.
func noticesFor(t *testing.T, packages []linked) string {
	t.Helper()
	holders := map[string][]string{} // modules by licence text
	add := func(module string, texts map[string]string) {
		for _, text := range texts {
			if !slices.Contains(holders[text], module) {
				holders[text] = append(holders[text], module)
			}
		}
	}
	seen := map[string]bool{}
	for _, p := range packages {
		if p.Standard || p.Module == nil || p.Module.Version == "" {
			continue // Go's own is added below; locklab's own is in LICENSE
		}
		module := p.Module.Path + " " + p.Module.Version
		for dir := p.Dir; ; dir = filepath.Dir(dir) {
			if !seen[dir] {
				seen[dir] = true
				add(module, licencesIn(t, dir))
				if more := filepath.Join(dir, "licenses"); isFolder(more) {
					add(module, licencesIn(t, more))
				}
			}
			if dir == p.Module.Dir {
				break
			}
		}
	}
	add("Go, its runtime and its standard library", licencesIn(t, "testdata/go"))
	lines := []string{"locklab is made with the work of others. These are their licences.", ""}
	for _, each := range holders {
		slices.Sort(each)
	}
	texts := slices.SortedFunc(maps.Keys(holders), func(a, b string) int {
		return cmp.Or(slices.Compare(holders[a], holders[b]), strings.Compare(a, b))
	})
	for _, text := range texts {
		lines = append(lines, strings.Repeat("=", 80))
		lines = append(lines, holders[text]...)
		lines = append(lines, "", text, "")
	}
	return strings.Join(lines, "\n")
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func TestTheNoticesAreThoseOfWhatIsLinked(t *testing.T) {
	want := noticesFor(t, linkedPackages(t))
	if *update {
		if err := os.WriteFile("notices.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != notices {
		t.Error("notices.txt is not what is linked into the program now: write it anew with go test ./lab -run TheNotices -update")
	}
}

// TestEveryLinkedModuleHasANotice checks that each module whose code is in the program is named,
// with some licence.
func TestEveryLinkedModuleHasANotice(t *testing.T) {
	for _, p := range linkedPackages(t) {
		if p.Module != nil && p.Module.Version != "" && !strings.Contains(notices, "\n"+p.Module.Path+" "+p.Module.Version+"\n") {
			t.Errorf("no notice for %s %s", p.Module.Path, p.Module.Version)
		}
	}
	for _, what := range []string{"FreeType License", "SIL OPEN FONT LICENSE", "The Go Authors"} {
		if !strings.Contains(notices, what) {
			t.Error(fmt.Sprint("the notices do not have ", what))
		}
	}
}
