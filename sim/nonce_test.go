package sim

import "testing"

type signing struct {
	Host
	nonce string
}

func (s signing) Nonce() string { return s.nonce }

func TestATextThatIsSignedIsOfItsTrialOnly(t *testing.T) {
	own, other, none := signing{nonce: "1a2b"}, signing{nonce: "3c4d"}, Host(nil)
	text := Sign(own, "client-1")
	if text == "client-1" || Unsign(own, text) != "client-1" {
		t.Errorf("signed %q, and back %q", text, Unsign(own, text))
	}
	if got := Unsign(other, text) + Unsign(own, "client-1"); got != "" {
		t.Errorf("a text of another trial is taken for %q", got)
	}
	if Sign(none, "client-1") != "client-1" || Unsign(none, "client-1") != "client-1" {
		t.Error("without a nonce a text does not stay as it is")
	}
	for nonce, want := range map[string]bool{"1a2b": true, "3c4d": false, "": false} {
		if h := (Header{Nonce: nonce}); h.Signed("/a/_c_"+text+"-lock-0000000001@0x5") != want {
			t.Errorf("signed in trial %q: %t, want %t", nonce, !want, want)
		}
	}
}
