package lab

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const composeFile = "../docker-compose.yml"

// composeService holds the parts of a service in the compose file that the test checks.
type composeService struct {
	Image       string
	Profiles    []string
	Ports       []string
	Tmpfs       []string
	Volumes     []string
	Healthcheck struct{ Test []string }
}

// composeProfiles lists the services that each profile starts.
var composeProfiles = map[string][]string{
	"redis":     {"redis-1"},
	"redlock":   {"redis-1", "redis-2", "redis-3", "redis-4", "redis-5"},
	"sentinel":  {"redis-master", "redis-replica-1", "sentinel-1", "sentinel-2", "sentinel-3"},
	"etcd":      {"etcd-1", "etcd-2", "etcd-3"},
	"zookeeper": {"zk-1", "zk-2", "zk-3"},
}

func TestComposeFileRunsEveryServerSafely(t *testing.T) {
	text, err := os.ReadFile(composeFile)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Services map[string]composeService }
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	image := regexp.MustCompile(`^\$\{LOCKLAB_(REDIS|ETCD|ZOOKEEPER)_IMAGE:-(redis|quay\.io/coreos/etcd|zookeeper):v?\d+\.\d+\.\d+\}$`)
	port := regexp.MustCompile(`^127\.0\.0\.1:\$\{LOCKLAB_\w+_PORT:-(\d+)\}:\d+$`)
	started := map[string][]string{}
	published := map[string]string{}
	for name, s := range file.Services {
		if !image.MatchString(s.Image) {
			t.Errorf("%s: image %q is not an official one, pinned, that a variable can replace", name, s.Image)
		}
		if len(s.Ports) != 1 || !port.MatchString(s.Ports[0]) {
			t.Errorf("%s: ports %q, want one on 127.0.0.1 that a variable can replace", name, s.Ports)
			continue
		}
		number := port.FindStringSubmatch(s.Ports[0])[1]
		if other, taken := published[number]; taken {
			t.Errorf("%s and %s are both published on port %s", name, other, number)
		}
		published[number] = name
		if len(s.Healthcheck.Test) == 0 {
			t.Errorf("%s has no health check", name)
		}
		if len(s.Volumes) > 0 || len(s.Tmpfs) == 0 {
			t.Errorf("%s: its data is to lie in memory; volumes %q, tmpfs %q", name, s.Volumes, s.Tmpfs)
		}
		for _, p := range s.Profiles {
			started[p] = append(started[p], name)
		}
	}
	for profile, want := range composeProfiles {
		slices.Sort(started[profile])
		if !slices.Equal(started[profile], want) {
			t.Errorf("profile %s starts %q, want %q", profile, started[profile], want)
		}
		delete(started, profile)
	}
	for profile, names := range started {
		t.Errorf("%q are in the profile %s, which no backend has", names, profile)
	}
}

// TestDockerComposeAcceptsTheFile asks Docker Compose, where it is installed, to check the file. No
// daemon is needed.
func TestDockerComposeAcceptsTheFile(t *testing.T) {
	program := []string{"docker-compose"}
	if _, err := exec.LookPath(program[0]); err != nil {
		program = []string{"docker", "compose"}
		if err := exec.Command(program[0], append(program[1:], "version")...).Run(); err != nil {
			t.Log("there is no Docker Compose here to ask; the file itself is checked by TestComposeFileRunsEveryServerSafely")
			return
		}
	}
	for profile, services := range composeProfiles {
		args := append(slices.Clone(program[1:]), "-f", composeFile, "--profile", profile, "config")
		out, err := exec.Command(program[0], args...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, out)
			continue
		}
		for _, s := range services {
			if !strings.Contains(string(out), "\n  "+s+":\n") {
				t.Errorf("profile %s: no service %s in\n%s", profile, s, out)
			}
		}
	}
}
