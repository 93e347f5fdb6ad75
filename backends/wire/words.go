//go:build linux

package wire

import (
	"bytes"

	"github.com/locklab/locklab/sim/live/network"
)

// MessageWords reads the kind of a request as a Client writes it.
func MessageWords(head []byte) (string, bool) {
	if head[0] != '{' {
		return "", false
	}
	_, rest, found := bytes.Cut(head, []byte(`"Kind":"`))
	kind, _, whole := bytes.Cut(rest, []byte(`"`))
	return string(kind), found && whole && len(kind) > 0 && network.Plain(kind)
}
