// Package plaintext handles text that comes from somebody else and is shown to people: what it
// must not contain, how to write it so that it cannot be mistaken for something else, and how to
// write a command so that it can be pasted.
package plaintext
