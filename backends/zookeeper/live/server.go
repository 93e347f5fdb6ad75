//go:build linux

package zookeeperlive

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/locklab/locklab/backends/zookeeper"
)

const (
	packagedServer = "/usr/share/java/zookeeper.jar" // names its own dependencies, but no logger
	packagedLogger = "/usr/share/java/slf4j-simple.jar"
	configuration  = "zoo.cfg"
	dataDir        = "data"
	logDir         = "data/version-2" // a server's transaction log
	howToInstall   = "install it (Debian: apt-get install --no-install-recommends zookeeper default-jre-headless)"
)

// classpathVar has the folder of a release or a classpath, in place of the package's.
var classpathVar = Backend{}.ServerFlag().Variable

// javaProgram finds java: in JAVA_HOME, else on the PATH.
func javaProgram() (string, error) {
	if home := os.Getenv("JAVA_HOME"); home != "" {
		path := filepath.Join(home, "bin", "java")
		if _, err := exec.LookPath(path); err != nil {
			return "", fmt.Errorf("JAVA_HOME=%s has no bin/java that can be run: %w", home, err)
		}
		return path, nil
	}
	path, err := exec.LookPath("java")
	if err != nil {
		return "", fmt.Errorf("java, which ZooKeeper runs on, is not on the PATH: %s or set JAVA_HOME", howToInstall)
	}
	return path, nil
}

// classpath finds ZooKeeper.
func classpath() (string, error) {
	given := os.Getenv(classpathVar)
	if given == "" {
		if _, err := os.Stat(packagedServer); err != nil {
			return "", fmt.Errorf("ZooKeeper is not at %s: %s or set %s to the directory of an unpacked release or to a classpath", packagedServer, howToInstall, classpathVar)
		}
		return packagedServer + ":" + packagedLogger, nil
	}
	if info, err := os.Stat(given); err == nil && info.IsDir() {
		if jars, _ := filepath.Glob(filepath.Join(given, "lib", "zookeeper-*.jar")); len(jars) == 0 {
			return "", fmt.Errorf("%s=%s is no unpacked ZooKeeper release: it has no lib/zookeeper-*.jar", classpathVar, given)
		}
		return filepath.Join(given, "lib", "*"), nil
	}
	for _, each := range filepath.SplitList(given) {
		if _, err := os.Stat(strings.TrimSuffix(each, "*")); err != nil {
			return "", fmt.Errorf("%s=%s, taken as a classpath: %w", classpathVar, given, err)
		}
	}
	return given, nil
}

// serverCommand runs a server in a directory that writeConfiguration has prepared. The virtual
// machine is configured to start quickly and stay small. forceSync=no: nothing here has
// to survive a power failure, so nothing waits for a disk.
func serverCommand(t zookeeper.Timing) ([]string, error) {
	java, err := javaProgram()
	if err != nil {
		return nil, err
	}
	jars, err := classpath()
	if err != nil {
		return nil, err
	}
	command := []string{
		java, "-Xms32m", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData",
		"-Dzookeeper.forceSync=no", "-Dzookeeper.admin.enableServer=false", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
	}
	if t.Reap > 0 {
		command = append(command, fmt.Sprintf("-Dznode.container.checkIntervalMs=%d", t.Reap.Milliseconds()))
	}
	return append(command, "-cp", jars, "org.apache.zookeeper.server.quorum.QuorumPeerMain", "./"+configuration), nil
}

// needs are the files that a server reads, besides java's program: java's own and those on the
// classpath.
func needs() (paths []string) {
	if java, err := javaProgram(); err == nil {
		paths = append(paths, javaHome(java))
	}
	jars, _ := classpath() // the command reports what is wrong with it
	for _, each := range filepath.SplitList(jars) {
		paths = append(paths, strings.TrimSuffix(each, "/*"))
	}
	return paths
}

// javaHome is the folder of java and its libraries.
func javaHome(program string) string {
	if path, err := exec.LookPath(program); err == nil {
		program = path
	}
	if path, err := filepath.EvalSymlinks(program); err == nil {
		program = path
	}
	return filepath.Dir(filepath.Dir(program))
}

// initLimit is how long a follower may take to get up to date, in ticks. It is generous, because it
// says nothing about a lock.
const initLimit = 50

// writeConfiguration prepares the directory of the server with this number, counted from 1.
func writeConfiguration(dir string, number int, address string, members []string, t zookeeper.Timing) error {
	tick, syncLimit := ticks(t)
	text := fmt.Sprintf(`tickTime=%d
initLimit=%d
syncLimit=%d
minSessionTimeout=%d
maxSessionTimeout=%d
dataDir=./%s
clientPort=%s
clientPortAddress=%s
maxClientCnxns=0
4lw.commands.whitelist=*
standaloneEnabled=false
reconfigEnabled=false
`, tick.Milliseconds(), initLimit, syncLimit, t.Negotiate(0).Milliseconds(), t.Negotiate(time.Hour).Milliseconds(),
		dataDir, clientPort, address)
	for i, each := range members {
		text += fmt.Sprintf("server.%d=%s:%s:%s\n", i+1, each, peerPort, electionPort)
	}
	if err := os.MkdirAll(filepath.Join(dir, logDir), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, dataDir, "myid"), fmt.Appendln(nil, number), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, configuration), []byte(text), 0o600)
}

// ticks returns the tickTime, and the sync limit in ticks. ZooKeeper takes the limit only in whole
// ticks, and what clients may believe depends on it. So if the limit is no multiple of the tick,
// the tick is made smaller, down to a quarter; sessions then end less late, at finer steps. If that
// does not fit either, the limit is rounded down.
func ticks(t zookeeper.Timing) (tick time.Duration, syncLimit int) {
	for parts := time.Duration(1); parts <= 4; parts++ {
		tick = (t.Tick / parts).Truncate(time.Millisecond)
		if tick > 0 && t.SyncLimit%tick == 0 {
			return tick, int(t.SyncLimit / tick)
		}
	}
	return t.Tick, max(1, int(t.SyncLimit/t.Tick))
}
