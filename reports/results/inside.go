package results

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// inside makes sure that a folder's file of this name is in the folder: neither its path nor a link
// leads out of it. The folder may come from somebody else, and the files that it names are read and
// shown. A missing file is left to its reader to find.
func inside(folder, name string) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("the folder names the file %q, which is not in it; expected what `locklab run` writes", name)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return notAFolder(folder, err)
	}
	defer root.Close()
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s is a link that leads out of the folder of the run, or cannot be read: %w; expected a file of its own", filepath.Join(folder, name), err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file (%s), expected what `locklab run` writes", filepath.Join(folder, name), info.Mode().Type())
	}
	return nil
}

// own makes sure that a folder's files with fixed names are its own.
func own(folder string) error {
	for _, name := range []string{aboutFile, resultsFile, SweepsFile, ClaimsFile} {
		if err := inside(folder, name); err != nil {
			return err
		}
	}
	return nil
}
