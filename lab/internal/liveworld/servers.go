// Package liveworld is what the commands of locklab need for trials in the live world: the flags
// that choose servers, servers that somebody else runs, and the way into the world. All of it that
// depends on the platform is here.
package liveworld

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/services"
)

// ServerFlags holds the flags that choose the servers of the live world in place of those that it
// finds; the lock services declare them. Each flag sets the environment variable with the same
// meaning, which the processes of the live world inherit.
type ServerFlags struct{ known []serverFlag }

type serverFlag struct {
	backends.ServerFlag
	value string // empty: not given
}

// Register adds the flags to a command.
func (s *ServerFlags) Register(c *cobra.Command) {
	s.known = nil
	for _, f := range services.Registry().ServerFlags() {
		s.known = append(s.known, serverFlag{ServerFlag: f})
	}
	for i := range s.known {
		f := &s.known[i]
		c.Flags().StringVar(&f.value, f.Name, "", fmt.Sprintf("%s (live; default: $%s, or %s)", f.Usage, f.Variable, f.Default))
	}
}

// Arguments returns the flags that were given, for a command that runs something again.
func (s *ServerFlags) Arguments() (list []string) {
	for _, f := range s.known {
		if f.value != "" {
			list = append(list, "--"+f.Name, f.value)
		}
	}
	return list
}

// Apply checks the given values before anything runs and sets the variables.
func (s *ServerFlags) Apply() error {
	for _, f := range s.known {
		if f.value == "" {
			continue
		}
		if err := f.Check(f.value); err != nil {
			return fmt.Errorf("--%s %s: %w", f.Name, f.value, err)
		}
		if err := os.Setenv(f.Variable, absolute(f.value)); err != nil {
			return err
		}
	}
	return nil
}

// absolute makes paths absolute, because servers are started in folders of their own. A name
// without a slash is looked up on the PATH.
func absolute(list string) string {
	parts := filepath.SplitList(list)
	for i, each := range parts {
		if !strings.Contains(each, "/") {
			if _, err := os.Stat(each); err != nil {
				continue
			}
			if _, err := exec.LookPath(each); err == nil {
				continue
			}
		}
		if path, err := filepath.Abs(each); err == nil {
			parts[i] = path
		}
	}
	return strings.Join(parts, string(filepath.ListSeparator))
}
