package files

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// names lists what is in a folder.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestNobodyFindsHalfAFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "page.html")
	if err := WriteBytes(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	err := Write(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half of the n"); err != nil {
			return err
		}
		if got := content(t, path); got != "old" {
			t.Errorf("while the new file is being written, there is %q", got)
		}
		_, err := io.WriteString(w, "ew one")
		return err
	})
	if got := content(t, path); err != nil || got != "half of the new one" {
		t.Errorf("%v, %q", err, got)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"page.html"}) {
		t.Errorf("left in the folder: %q", got)
	}
}

func TestWhatCannotBeWrittenLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "page.html")
	if err := WriteBytes(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no more room")
	err := Write(path, func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		return errors.Join(err, full)
	})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), path) || content(t, path) != "old" {
		t.Errorf("%v, %q", err, content(t, path))
	}
	if got := names(t, dir); !slices.Equal(got, []string{"page.html"}) {
		t.Errorf("left in the folder: %q", got)
	}
}

// A killed process leaves a hidden file. It is removed once nobody can still be writing it.
func TestLeftoversAreHiddenAndRemoved(t *testing.T) {
	dir := t.TempDir()
	others := []string{".profile", "a.unfinished"}
	for _, name := range others {
		if err := WriteBytes(filepath.Join(dir, name), nil); err != nil {
			t.Fatal(err)
		}
	}
	fresh, err := createBeside(filepath.Join(dir, "fresh.svg"))
	if err != nil {
		t.Fatal(err)
	}
	left, err := createBeside(filepath.Join(dir, "left.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []*os.File{fresh, left} {
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		if name := filepath.Base(file.Name()); !strings.HasPrefix(name, ".") {
			t.Errorf("%s is not hidden", name)
		}
	}
	old := time.Now().Add(-2 * abandoned)
	for _, name := range append(others, filepath.Base(left.Name())) {
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	RemoveLeftovers(dir)
	want := append(others, filepath.Base(fresh.Name()))
	got := names(t, dir)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("in the folder: %q, want %q", got, want)
	}
}

func TestAFileThatIsTooLongIsNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "script.yaml")
	if err := WriteBytes(path, []byte("12345")); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(string, int64) ([]byte, error){"Read": Read, "ReadRegular": ReadRegular} {
		if text, err := read(path, 5); err != nil || string(text) != "12345" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
		text, err := read(path, 4)
		if _, long := errors.AsType[*TooLong](err); !long || text != nil {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if _, err := Open(filepath.Dir(path), 5); err == nil || !strings.Contains(err.Error(), "is a folder, expected a file") {
		t.Errorf("Open: %v", err)
	}
}

// A program that ends in the middle of writing leaves nothing of it, and the old file stays, even
// if the writer is quick enough to finish.
func TestWhatIsAbandonedLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "page.html")
	if err := WriteBytes(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	err := Write(path, func(w io.Writer) error {
		Abandon()
		if got := names(t, dir); !slices.Equal(got, []string{"page.html"}) {
			t.Errorf("left in the folder: %q", got)
		}
		_, err := io.WriteString(w, "new")
		return err
	})
	if !errors.Is(err, errAbandoned) || content(t, path) != "old" {
		t.Errorf("%v, and the file says %q", err, content(t, path))
	}
	if err := WriteBytes(path, []byte("new")); err != nil || content(t, path) != "new" {
		t.Errorf("the next one: %v", err)
	}
}
