package sim

import "strings"

// A trial in the live world has a nonce. Everything that a lock service is given to keep carries
// it, so that leftovers of an earlier trial can be told from what this trial stored, even if
// both have the same seed. The virtual world starts empty and has no nonce.

// nonceMark precedes the nonce. Nothing else that clients give to a service contains it.
const nonceMark = "~"

// NonceOf returns the nonce of the host's trial, or "" if it has none.
func NonceOf(h Host) string {
	if m, ok := h.(interface{ Nonce() string }); ok {
		return m.Nonce()
	}
	return ""
}

// Sign appends the nonce of the host's trial to a text that a lock service is to keep. If the
// trial has none, the text is returned unchanged.
func Sign(h Host, text string) string {
	if nonce := NonceOf(h); nonce != "" {
		return text + nonceMark + nonce
	}
	return text
}

// Unsign undoes Sign. It returns "" if the text does not belong to the host's trial.
func Unsign(h Host, text string) string {
	return UnsignAs(NonceOf(h), text)
}

// UnsignAs is Unsign for code that knows a trial's nonce and does not run on one of its hosts.
// An empty nonce means that the trial has none.
func UnsignAs(nonce, text string) string {
	if nonce == "" {
		return text
	}
	if own, ok := strings.CutSuffix(text, nonceMark+nonce); ok {
		return own
	}
	return ""
}

// Signed reports whether the text was signed in this trial.
func (h *Header) Signed(text string) bool {
	return h.Nonce != "" && strings.Contains(text, nonceMark+h.Nonce)
}
