//go:build linux

package vdso

import (
	"strings"
	"testing"
)

// The probe gives the same answer each time, and an error says what to do about it.
func TestTheProbeIsSureOfItsAnswer(t *testing.T) {
	first := Patchable()
	if again := Patchable(); (first == nil) != (again == nil) {
		t.Errorf("first %v, then %v", first, again)
	}
	if first != nil && !strings.Contains(first.Error(), "machine") && !strings.Contains(first.Error(), "sandbox") {
		t.Errorf("the answer does not say what to do: %v", first)
	}
}
