//go:build !js

package zookeeper

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/locklab/locklab/backends"
)

var _ backends.Installed = Backend{}

// classpathVar has the folder of a release or a classpath, in place of the package's.
const classpathVar = "LOCKLAB_ZOOKEEPER"

// ServerFlag names a ZooKeeper.
func (Backend) ServerFlag() backends.ServerFlag {
	return backends.ServerFlag{
		Name: "zookeeper", Usage: "folder of an unpacked ZooKeeper release, or a classpath", Default: "the package's",
		Variable: classpathVar, Check: isZooKeeper,
	}
}

// isZooKeeper wants a folder with the jars of a release, or a classpath all of which is
// there. "DIR/*" in a classpath is every jar in a folder.
func isZooKeeper(value string) error {
	if info, err := os.Stat(value); err == nil && info.IsDir() {
		if jars, _ := filepath.Glob(filepath.Join(value, "lib", "zookeeper-*.jar")); len(jars) == 0 {
			return fmt.Errorf("no unpacked release: it has no lib/zookeeper-*.jar")
		}
		return nil
	}
	for _, each := range filepath.SplitList(value) {
		if _, err := os.Stat(strings.TrimSuffix(each, "*")); err != nil {
			return fmt.Errorf("no classpath: %w", err)
		}
	}
	return nil
}
