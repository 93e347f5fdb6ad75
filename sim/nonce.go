package sim

import "strings"

// A trial in the live world has a nonce. Whatever a lock service is given to keep carries it,
// so that what an earlier trial has left is told from what this one has asked for, also if
// both have the same seed. The virtual world starts from nothing and has none.

// nonceMark stands before the nonce. Nothing else that clients give to a service has it.
const nonceMark = "~"

// NonceOf gives the nonce of a host's trial, empty if it has none.
func NonceOf(h Host) string {
	if m, ok := h.(interface{ Nonce() string }); ok {
		return m.Nonce()
	}
	return ""
}

// Sign adds the nonce of the host's trial to a text that a lock service is to keep; if the
// trial has none, the text stays as it is.
func Sign(h Host, text string) string {
	if nonce := NonceOf(h); nonce != "" {
		return text + nonceMark + nonce
	}
	return text
}

// Unsign takes back what Sign has done. It gives "" if the text is not of the host's trial.
func Unsign(h Host, text string) string {
	return UnsignAs(NonceOf(h), text)
}

// UnsignAs is Unsign for somebody who knows the nonce of a trial and is no host of it; empty: the
// trial has none.
func UnsignAs(nonce, text string) string {
	if nonce == "" {
		return text
	}
	if own, ok := strings.CutSuffix(text, nonceMark+nonce); ok {
		return own
	}
	return ""
}

// Signed tells whether a text has been signed in this trial.
func (h *Header) Signed(text string) bool {
	return h.Nonce != "" && strings.Contains(text, nonceMark+h.Nonce)
}
