package plaintext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestWhatIsUnseenIsFound(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"\x00", "\x1b[31m", "\r", "\b", "\x07", "\x7f", "\u0080", "\u009b", "\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\ufeff", "\u2028", "\U000e0041", "\xff", "\xc3",
	} {
		if at, _ := Find("a\n\té" + text); at != 5 {
			t.Errorf("%q is found at byte %d, want 5", text, at)
		}
	}
	for _, text := range []string{"", "plain\n\ttext", "Grüße, Привет, 你好, می\u200cخواهم, 👩\u200d🔬 · ≤ – “”", "\ufffd"} {
		if at, r := Find(text); at >= 0 {
			t.Errorf("%q: %U at %d is taken for something that is not seen", text, r, at)
		}
	}
	for text, want := range map[string]int{"a b": -1, "a\nb": 1, "a\tb\x1b": 1, "a\x1b\n": 1} {
		if at, _ := FindInLine(text); at != want {
			t.Errorf("in the line %q it is found at %d, want %d", text, at, want)
		}
	}
}

func TestWhatIsUnseenIsWrittenOut(t *testing.T) {
	t.Parallel()
	if got, want := Visible("a\x1b[31mé\n\u009b\u202e\U000e0041\xff\\"), `a\x1b[31mé`+"\n"+`\x9b\u202e\U000e0041\xff\`; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		if at, r := Find(Visible(text)); at >= 0 {
			t.Fatalf("%q has %U", Visible(text), r)
		}
		if at, _ := Find(text); at < 0 && Visible(text) != text {
			t.Fatalf("%q became %q", text, Visible(text))
		}
	})
}

// In JSON it is found however it is encoded, and its escaped form is read as such.
func TestWhatIsUnseenIsFoundInJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a":"x\u001b[31m"}`: `x\x1b[31m`, `{"a":"x\u001B"}`: `x\x1b`, "{\"a\":\"x\u009b\u202e\"}": `x\x9b\u202e`, `{"a":"\r\b"}`: `\x0d\x08`,
		`{"a":"\udb40\udc41"}`: `\U000e0041`, "{\"a\":\"\xff\"}": "\ufffd",
	} {
		if at, _ := FindJSON([]byte(text)); at < 5 {
			t.Errorf("%s: found at byte %d", text, at)
		}
		var read map[string]string
		if err := json.Unmarshal(VisibleJSON([]byte(text)), &read); err != nil || read["a"] != want {
			t.Errorf("%s becomes %s, read as %q (%v), want %q", text, VisibleJSON([]byte(text)), read["a"], err, want)
		}
	}
	for _, text := range []string{`{"a":"\\u001b \n\t\" \/ \u0041 \ud83d\ude00 é"}`, "{\r\n\t\"a\":\r\n1}", `{"a":"\u003cscript>"}`, `{"a":"\ud800"}`} {
		if at, r := FindJSON([]byte(text)); at >= 0 {
			t.Errorf("%s: %U at %d", text, r, at)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if !utf8.ValidString(text) {
			t.Skip()
		}
		written, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		in, _ := Find(text)
		if at, _ := FindJSON(written); (at < 0) != (in < 0) {
			t.Fatalf("%q is found at %d, and in %s at %d", text, in, written, at)
		}
		var read string
		if err := json.Unmarshal(VisibleJSON(written), &read); err != nil || read != Visible(text) {
			t.Fatalf("%s becomes %s: %q (%v), want %q", written, VisibleJSON(written), read, err, Visible(text))
		}
	})
}

// Whatever FindJSON lets pass, no decoded string contains invisible characters; and FindJSON
// never panics.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":"\u001b\\u001b\ud800\u202e"}`))
	f.Add([]byte("\"\\"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var read any
		if json.Unmarshal(text, &read) != nil {
			FindJSON(text)
			VisibleJSON(text)
			return
		}
		at, _ := FindJSON(text)
		var found strings.Builder
		walk(read, &found)
		if in, r := Find(found.String()); in >= 0 && at < 0 {
			t.Errorf("%q holds %U", text, r)
		}
		var again any
		if err := json.Unmarshal(VisibleJSON(text), &again); err != nil {
			t.Errorf("%q becomes %q: %v", text, VisibleJSON(text), err)
		}
	})
}

func walk(v any, into *strings.Builder) {
	switch v := v.(type) {
	case string:
		into.WriteString(v)
	case []any:
		for _, each := range v {
			walk(each, into)
		}
	case map[string]any:
		for key, each := range v {
			into.WriteString(key)
			walk(each, into)
		}
	}
}
