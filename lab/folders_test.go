package lab

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// command runs the built command in a folder and returns its exit status and what it prints.
func command(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	c := exec.Command(buildCommand(t), args...)
	c.Dir = dir
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String(), said.String()
}

// sameRun checks that two folders of a run have the same files with the same bytes, but for when,
// where, and in how many parts it was run.
func sameRun(t *testing.T, want, got string) {
	t.Helper()
	a, b := contents(t, want), contents(t, got)
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if _, there := b[name]; !there {
			t.Errorf("%s has no %s", got, name)
		} else if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s differs:\n%s", name, firstDifference(a[name], b[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if _, there := a[name]; !there {
			t.Errorf("%s has %s as well", got, name)
		}
	}
	if len(a["results.jsonl"]) == 0 && len(a["sweeps.jsonl"]) == 0 {
		t.Errorf("%s has no results", want)
	}
}

var whenAndWhere = regexp.MustCompile(`<dt>(Started|Folder)</dt><dd>.*?</dd>`)

// contents reads the files of a run, without when, where and in how many parts it was run.
func contents(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		// What a killed run had not finished writing is hidden, and is removed after a while.
		if err != nil || d.IsDir() || strings.HasSuffix(d.Name(), ".unfinished") {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		switch name {
		case "index.html":
			text = whenAndWhere.ReplaceAll(text, nil)
		case "run.json":
			var about map[string]any
			if err := json.Unmarshal(text, &about); err != nil {
				return err
			}
			delete(about, "started")
			delete(about, "shards")
			text, err = json.Marshal(about)
		}
		all[name] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// firstDifference returns the first line of each text that is not the same.
func firstDifference(a, b []byte) string {
	one, two := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(one), len(two)) {
		if !bytes.Equal(one[i], two[i]) {
			return string(one[i]) + "\n" + string(two[i])
		}
	}
	return "one of them goes on"
}
