package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// serverFlags say which servers the live world starts, in place of those that it finds.
// Each flag sets the environment variable that does the same, which the processes of the
// live world inherit.
type serverFlags struct{ redis, etcd, zookeeper string }

func (s *serverFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.redis, "redis-server", "", "path of the redis-server to use (live; default: $LOCKLAB_REDIS_SERVER, or the one on the PATH)")
	f.StringVar(&s.etcd, "etcd", "", "paths of etcd servers to use, separated by colons (live; default: $LOCKLAB_ETCD, or those that are found)")
	f.StringVar(&s.zookeeper, "zookeeper", "", "folder of an unpacked ZooKeeper release, or a classpath (live; default: $LOCKLAB_ZOOKEEPER, or the package's)")
}

// arguments are the flags that were given, for a command that runs something again.
func (s *serverFlags) arguments() (list []string) {
	for _, each := range [][2]string{{"--redis-server", s.redis}, {"--etcd", s.etcd}, {"--zookeeper", s.zookeeper}} {
		if each[1] != "" {
			list = append(list, each[0], each[1])
		}
	}
	return list
}

// apply checks what was given, before anything runs, and sets the variables.
func (s *serverFlags) apply() error {
	for _, each := range []struct {
		flag, value, variable string
		check                 func(string) error
	}{
		{"--redis-server", s.redis, "LOCKLAB_REDIS_SERVER", isProgram},
		{"--etcd", s.etcd, "LOCKLAB_ETCD", arePrograms},
		{"--zookeeper", s.zookeeper, "LOCKLAB_ZOOKEEPER", isZooKeeper},
	} {
		if each.value == "" {
			continue
		}
		if err := each.check(each.value); err != nil {
			return fmt.Errorf("%s %s: %w", each.flag, each.value, err)
		}
		if err := os.Setenv(each.variable, absolute(each.value)); err != nil {
			return err
		}
	}
	return nil
}

func isProgram(path string) error {
	if _, err := exec.LookPath(path); err != nil {
		return fmt.Errorf("no program that can be run: %w", err)
	}
	return nil
}

func arePrograms(list string) error {
	for _, path := range filepath.SplitList(list) {
		if err := isProgram(path); err != nil {
			return err
		}
	}
	return nil
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

// absolute makes paths absolute, because servers are started in folders of their own. A
// name without a slash is looked for on the PATH.
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
