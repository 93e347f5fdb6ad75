package sim

import (
	"reflect"
	"testing"
)

// The fingerprint hashes what encoding/json writes of an event, field by field.
func TestAnEventIsEncodedAsByTheLibrary(t *testing.T) {
	events := []Event{{}}
	for i := range reflect.TypeFor[Event]().NumField() {
		for _, value := range valuesOf(t, reflect.TypeFor[Event]().Field(i).Type) {
			var e Event
			reflect.ValueOf(&e).Elem().Field(i).Set(value)
			events = append(events, e)
		}
	}
	for _, e := range events {
		if got, want := string(e.appendJSON(nil)), string(encoded(e)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func FuzzAnEventIsEncodedAsByTheLibrary(f *testing.F) {
	f.Add("client-1/1", "<a & b>", int64(-1), uint64(1<<63))
	f.Fuzz(func(t *testing.T, op, note string, balance int64, token uint64) {
		e := Event{Op: op, Note: note, Balance: balance, Token: token}
		if got, want := string(e.appendJSON(nil)), string(encoded(e)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

// valuesOf returns values of a field's type, among them those that are hard to write.
func valuesOf(t *testing.T, of reflect.Type) (all []reflect.Value) {
	t.Helper()
	var raw []any
	switch of.Kind() {
	case reflect.String:
		raw = []any{"a", `"quoted" \ <b> & é`, "line\nend\ttab\x00\x7f", "\u2028\xff"}
	case reflect.Int64:
		raw = []any{int64(1), int64(-1 << 63), int64(1<<63 - 1)}
	case reflect.Uint64:
		raw = []any{uint64(1), uint64(1<<64 - 1)}
	case reflect.Bool:
		raw = []any{true}
	case reflect.Slice:
		if of == reflect.TypeFor[[]HostID]() {
			raw = []any{[]HostID{"a", "b"}, []HostID{}}
		} else {
			raw = []any{[][]HostID{{"a"}, {"b", "c"}}}
		}
	default:
		t.Fatalf("a field of an event is a %s: appendJSON does not write such", of)
	}
	for _, v := range raw {
		all = append(all, reflect.ValueOf(v).Convert(of))
	}
	return all
}
