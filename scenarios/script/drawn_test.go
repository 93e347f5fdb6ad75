package script

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
)

func TestADescriptionSaysWhatIsDrawn(t *testing.T) {
	var b strings.Builder
	scripttest.Must(t, Describe(&b, load(t, scripttest.Drawn)))
	for _, want := range []string{"works for a time drawn from 100ms (0.05ttl) to 0.5ttl (1s)", "each other client a time drawn from 0s (0ttl) to 300ms (0.15ttl) after the one before"} {
		if text := strings.Join(strings.Fields(b.String()), " "); !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, b.String())
		}
	}
}
