//go:build linux

package wire

import "testing"

func TestWordsForARequest(t *testing.T) {
	for text, want := range map[string]string{
		`{"from":"a","request":{"Kind":"write","Op":"x"}}`: "write",
		`{"from":"a"}`: "",
		"+OK\r\n":      "",
	} {
		if got, ok := MessageWords([]byte(text)); ok != (want != "") || ok && got != want {
			t.Errorf("words for %q: %q, %t, want %q", text, got, ok, want)
		}
	}
}
