//go:build linux

package redislive

import "testing"

func TestWordsForWhatRedisPutsOnTheWire(t *testing.T) {
	const none = ""
	for text, want := range map[string]string{
		"*6\r\n$3\r\nset\r\n$4\r\nlock\r\n$2\r\nme\r\n$2\r\npx\r\n$5\r\n10000\r\n$2\r\nnx\r\n": "SET PX NX",
		"*1\r\n$4\r\nPING\r\n":             "PING",
		"+OK\r\n":                          "OK",
		"$-1\r\n":                          "nil",
		"_\r\n":                            "nil",
		":1\r\n":                           "1",
		"-NOSCRIPT No matching script\r\n": "NOSCRIPT",
		"*3\r\n$7\r\nevals":                "EVALS",
		`{"from":"a"}`:                     none,
		"*":                                none,
		"*005\r\n":                         none, // a command that is cut short
		"PRI * HTTP/2.0\r\n\r\n":           none,
		"+\x00\x01\r\n":                    none,
	} {
		if got, ok := MessageWords([]byte(text)); got != want || ok != (want != none) {
			t.Errorf("words for %q: %q, %t, want %q", text, got, ok, want)
		}
	}
}
