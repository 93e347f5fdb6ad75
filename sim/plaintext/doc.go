// Package plaintext is about text that comes from somebody else and is shown to people: what
// it must not hold, how it is written where it could be taken for something else, and how a
// command is written so that it can be pasted.
package plaintext
