package liveworld

import (
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	_ "github.com/locklab/locklab/scenarios/services/live"
)

func TestHelpOfAttachNamesTheLockServices(t *testing.T) {
	var c cobra.Command
	RegisterAttach(&c, new([]string))
	usage := c.Flags().Lookup("attach").Usage
	if !strings.Contains(usage, attachable()) || runtime.GOOS == "linux" && !strings.Contains(usage, "@MASTER") {
		t.Errorf("the help of --attach: %s", usage)
	}
}
