//go:build linux

package etcdlive

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/etcd"
)

// version is an etcd server's: major, minor, patch.
type version [3]int

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

// checksLeadership reports whether a leader of this version verifies that it still leads before it
// ends leases: etcd pull request 16822, in 3.5.13 and later, and in 3.4.31 and later of the 3.4
// line.
func (v version) checksLeadership() bool {
	if v[0] == 3 && v[1] == 4 {
		return v[2] >= 31
	}
	return slices.Compare(v[:], []int{3, 5, 13}) >= 0
}

// program is an etcd server on this machine.
type program struct {
	path    string
	version version
}

func (p program) String() string { return fmt.Sprintf("etcd %s (%s)", p.version, p.path) }

var versionLine = regexp.MustCompile(`(?m)^etcd Version: (\d+)\.(\d+)\.(\d+)`)

// serversVar has the paths of etcd servers, in place of those that are found.
var serversVar = Backend{}.ServerFlag().Variable

// versions caches the programs' own answers, by path.
var versions struct {
	sync.Mutex
	known map[string]version
}

// versionOf asks a server program for its version.
func versionOf(path string) (version, error) {
	versions.Lock()
	defer versions.Unlock()
	if v, ok := versions.known[path]; ok {
		return v, nil
	}
	said, err := exec.Command(path, "--version").CombinedOutput()
	if err != nil {
		return version{}, fmt.Errorf("ask %s --version: %w; it printed: %q", path, err, said)
	}
	m := versionLine.FindSubmatch(said)
	if m == nil {
		return version{}, fmt.Errorf("%s --version names no etcd version; it printed: %q", path, said)
	}
	var v version
	for i := range v {
		v[i], _ = strconv.Atoi(string(m[i+1])) // digits
	}
	if versions.known == nil {
		versions.known = map[string]version{}
	}
	versions.known[path] = v
	return v, nil
}

// programs finds the etcd servers on this machine, latest first.
func programs() ([]program, error) {
	paths, err := candidates()
	if err != nil {
		return nil, err
	}
	var found []program
	var failed []error
	for _, path := range paths {
		v, err := versionOf(path)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		found = append(found, program{path, v})
	}
	if len(found) == 0 && len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	slices.SortStableFunc(found, func(a, b program) int { return slices.Compare(b.version[:], a.version[:]) })
	return found, nil
}

// candidates lists the paths of supposed etcd servers; there is at least one.
func candidates() ([]string, error) {
	if list := os.Getenv(serversVar); list != "" {
		paths := strings.Split(list, ":")
		for _, path := range paths {
			if _, err := exec.LookPath(path); err != nil {
				return nil, fmt.Errorf("%s=%s: %s is no program that can be run: %w", serversVar, list, path, err)
			}
		}
		return paths, nil
	}
	var paths []string
	if path, err := exec.LookPath("etcd"); err == nil {
		paths = append(paths, path)
	}
	if cache, err := os.UserCacheDir(); err == nil {
		built, _ := filepath.Glob(filepath.Join(cache, "locklab", "bin", "etcd-*")) // the pattern is well-formed
		paths = append(paths, built...)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("there is no etcd on the PATH: install it (Debian: apt-get install etcd-server) or set %s to its path", serversVar)
	}
	return paths, nil
}

// choose finds the server for these settings: the latest that behaves as they say. If nobody asked
// for that behaviour and no server here has it, any will do.
func choose(s backends.Settings) (program, error) {
	found, err := programs()
	if err != nil {
		return program{}, err
	}
	want := s.On(etcd.OptionLeadership)
	for _, p := range found {
		if p.version.checksLeadership() == want {
			return p, nil
		}
	}
	if !s.Written(etcd.OptionLeadership) {
		return found[0], nil
	}
	have := make([]string, len(found))
	for i, p := range found {
		have[i] = p.String()
	}
	value, versions := "on", "3.5.13 or later, or 3.4.31 or later of 3.4"
	if !want {
		value, versions = "off", "before 3.5.13, and before 3.4.31 of 3.4"
	}
	return program{}, fmt.Errorf("%s=%s needs an etcd server %s; here is %s: add the path of one to %s, separated by a colon (%s builds a current one)",
		etcd.OptionLeadership, value, versions, strings.Join(have, ", "), serversVar, ".ci/servers")
}

// LiveSettings sets what the server chosen for these settings is known to do, and quick elections
// unless somebody asked for something else.
func (Backend) LiveSettings(s backends.Settings) (backends.Settings, error) {
	p, err := choose(s)
	if err != nil {
		return s, err
	}
	return quick(s).WithSwitch(etcd.OptionLeadership, p.version.checksLeadership()), nil
}
