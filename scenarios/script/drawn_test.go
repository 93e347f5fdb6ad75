package script

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/scripttest"
)

// drawnScript is a script whose work and start times are drawn.
const drawnScript = `
scenario: drawing
title: Work that takes a time of its own
text: A text.
ttl: 2s
clients: 3
workload: {withdraw: {times: 4, think: {uniform: [100ms, 0.5ttl]}, stagger: {uniform: [0s, 300ms]}}}
backends: [redis, none]
guards: [none]
until: 50ttl
expect: [{overlap: holds, because: none, backend: redis}]
`

func TestADescriptionSaysWhatIsDrawn(t *testing.T) {
	var b strings.Builder
	scripttest.Must(t, Describe(&b, load(t, drawnScript)))
	for _, want := range []string{"works for a time drawn from 100ms (0.05ttl) to 0.5ttl (1s)", "each other client a time drawn from 0s (0ttl) to 300ms (0.15ttl) after the one before"} {
		if text := strings.Join(strings.Fields(b.String()), " "); !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, b.String())
		}
	}
}
