//go:build !js

package backends

import (
	"fmt"
	"os/exec"
)

// IsProgram is a ServerFlag's Check: the value is a program, by its path or on the PATH.
func IsProgram(path string) error {
	if _, err := exec.LookPath(path); err != nil {
		return fmt.Errorf("no program that can be run: %w", err)
	}
	return nil
}
