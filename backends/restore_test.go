package backends_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSettingsTakeTheValuesThatTheyHaveListed(t *testing.T) {
	plain, err := spec(t, "named+nodes=7").Settings(10*time.Second, false)
	if err != nil {
		t.Fatal(err)
	}
	got, err := plain.WithValues([]string{"renew=on", "timeout=0.5ttl"})
	if err != nil || !got.On("renew") || got.Span("timeout") != 5*time.Second || got.Int("nodes") != 7 {
		t.Fatalf("%q, %v", got.List(), err)
	}
	if plain.On("renew") || got.Written("renew") || !got.Written("nodes") {
		t.Errorf("the settings that they were made of: %q; renew written: %t, nodes written: %t", plain.List(), got.Written("renew"), got.Written("nodes"))
	}
	if same, err := plain.WithValues(plain.List()[1:]); err != nil || !slices.Equal(same.List(), plain.List()) {
		t.Errorf("its own list gives %q, %v", same.List(), err)
	}
	for text, want := range map[string]string{"renw=on": `no option "renw"`, "renew=perhaps": "expected on or off", "nodes": "expected a whole number"} {
		if _, err := plain.WithValues([]string{text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one that says %q", text, err, want)
		}
	}
}
