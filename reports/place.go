package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Place makes the folder for pictures in a folder of results, and returns its path. The results
// may be somebody else's, so nothing is drawn through a link, which could lead to any file here.
func Place(into string) (pictures string, err error) {
	pictures = filepath.Join(into, "charts")
	info, err := os.Lstat(pictures)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.MkdirAll(pictures, 0o755)
	} else if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is a link or a file where a folder is expected: move it away", pictures)
	}
	var entries []fs.DirEntry
	if err == nil {
		entries, err = os.ReadDir(pictures)
	}
	if err != nil {
		return "", fmt.Errorf("make the folder for pictures: %w", err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() && !e.IsDir() {
			return "", fmt.Errorf("%s is not a regular file (%s), and pictures are not written through links: move it away, or choose another folder with --out", filepath.Join(pictures, e.Name()), e.Type())
		}
	}
	return pictures, nil
}
