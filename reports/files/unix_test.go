//go:build unix

package files

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A device or a pipe may never end.
func TestWhatNeverEndsIsCutShortOrRefused(t *testing.T) {
	const most = 1 << 16
	if text, err := Read("/dev/zero", most); text != nil {
		t.Errorf("%d bytes of /dev/zero, %v", len(text), err)
	} else if _, long := errors.AsType[*TooLong](err); !long {
		t.Errorf("/dev/zero: %v", err)
	}
	pipe := filepath.Join(t.TempDir(), "run.json")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, kind := range map[string]string{"/dev/zero": "a device", pipe: "a pipe"} { // opening the pipe would block forever
		if _, err := ReadRegular(path, most); err == nil || !strings.Contains(err.Error(), path+" is "+kind+", expected a file") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A new file has the permissions of any new file, and no more.
func TestANewFileHasTheRightsOfAnyOther(t *testing.T) {
	dir := t.TempDir()
	for _, mask := range []int{0o022, 0o077} {
		before := syscall.Umask(mask)
		err := WriteBytes(filepath.Join(dir, "whole"), nil)
		other, otherErr := os.Create(filepath.Join(dir, "other"))
		syscall.Umask(before)
		if err = errors.Join(err, otherErr, other.Close()); err != nil {
			t.Fatal(err)
		}
		whole, err := os.Stat(filepath.Join(dir, "whole"))
		if err != nil {
			t.Fatal(err)
		}
		like, err := os.Stat(filepath.Join(dir, "other"))
		if err != nil {
			t.Fatal(err)
		}
		if whole.Mode() != like.Mode() {
			t.Errorf("under %o a file has the rights %v, others %v", mask, whole.Mode(), like.Mode())
		}
		if err := errors.Join(os.Remove(filepath.Join(dir, "whole")), os.Remove(filepath.Join(dir, "other"))); err != nil {
			t.Fatal(err)
		}
	}
}
