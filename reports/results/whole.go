package results

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// WriteWhole writes a file beside its place and moves it there when it is whole, so that
// nobody finds half of it, and an older one stays if something goes wrong.
func WriteWhole(path string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	err = errors.Join(write(file), file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(file.Name()))
	}
	return nil
}
