package margin

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// TestDatasheetsAreReadAsTheyWereWritten checks it also of a list whose last row was cut off.
func TestDatasheetsAreReadAsTheyWereWritten(t *testing.T) {
	p := battery(t, "battery-nothing", "battery-holder-paused")
	p.Setups = []Setup{setup("redis"), setup("zookeeper")}
	sheets := measured(t, p, 2)
	var file bytes.Buffer
	if err := WriteAll(&file, sheets); err != nil {
		t.Fatal(err)
	}
	cut := file.String() + `{"setup":{"backend":"et`
	got, err := Read(strings.NewReader(cut), "margins.jsonl")
	if err != nil || !reflect.DeepEqual(got, sheets) {
		t.Errorf("read %+v, %v; want %+v", got, err, sheets)
	}
}

func TestARowThatCannotBeShownIsRefused(t *testing.T) {
	const whole = `{"setup":{"backend":"redis","ttl":5},"row":{"fault":"battery-split","unit":"ttl","margins":[{"harm":"damage"}]}}`
	for old, wrong := range map[string]struct{ fresh, want string }{
		`"redis"`:         {`""`, `margins.jsonl:1:1: the row does not say of which backend it is; expected what`},
		`"ttl":5`:         {`"ttl":0`, `margins.jsonl:1:1: the lease is 0s, expected more than 0s`},
		`"battery-split"`: {`"../split"`, `margins.jsonl:1:1: the fault is "../split", expected a name`},
		`"unit":"ttl"`:    {`"unit":"mile"`, `margins.jsonl:1:1: there is no unit "mile"`},
		`"harm":"damage"`: {`"harm":"rust"`, `margins.jsonl:1:1: there is no harm "rust"`},
		`{"fault"`:        {`{fault`, `margins.jsonl:1:`},
	} {
		text := strings.Replace(whole, old, wrong.fresh, 1) + "\n"
		if _, err := Read(strings.NewReader(text), "margins.jsonl"); err == nil || !strings.HasPrefix(err.Error(), wrong.want) {
			t.Errorf("%s: got %v, want %s", text, err, wrong.want)
		}
	}
}
