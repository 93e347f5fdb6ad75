//go:build linux

package process

import (
	"fmt"
	"strings"
	"testing"
)

// A server that dies prints the reason near the end, but the stack trace comes after it.
func TestLastWordsEndWithTheReason(t *testing.T) {
	var lines []string
	for i := range 100 {
		lines = append(lines, fmt.Sprint("line ", i))
	}
	said := strings.Join(lines, "\n") + "\n" +
		`{"level":"panic","msg":"failed to create WAL","error":"no space left on device","stacktrace":"etcdserver.startNode\n\traft.go:513"}` + "\n" +
		strings.Repeat("x", 3*longestShown) + "\npanic: failed to create WAL\n\ngoroutine 1 [running]:\nmain.main()\n\tmain.go:28\n"
	got := LastWords(said)
	for _, want := range []string{`"error":"no space left on device"`, "panic: failed to create WAL", "line 99\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, noise := range []string{"startNode", "main.go", "line 0", strings.Repeat("x", longestShown+1)} {
		if strings.Contains(got, noise) {
			t.Errorf("%q in\n%s", noise, got)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != lastLines {
		t.Errorf("%d lines, expected %d", n, lastLines)
	}
}

func TestLastWordsOfJavaAreItsErrorsWithoutTheCalls(t *testing.T) {
	said := "[main] ERROR QuorumPeer - Unable to load database on disk\n" +
		"java.io.IOException: No space left on device\n" + strings.Repeat("\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)\n", 2*lastLines) +
		"Caused by: java.io.IOException: No space left on device\n\t... 4 more\n[main] ERROR ServiceUtils - Exiting JVM with code 1\n"
	want := "[main] ERROR QuorumPeer - Unable to load database on disk\njava.io.IOException: No space left on device\n" +
		"Caused by: java.io.IOException: No space left on device\n[main] ERROR ServiceUtils - Exiting JVM with code 1"
	if got := LastWords(said); got != want {
		t.Errorf("last words:\n%s\nexpected:\n%s", got, want)
	}
}
