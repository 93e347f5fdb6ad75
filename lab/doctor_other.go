//go:build !linux

package lab

import "github.com/locklab/locklab/scenarios"

func liveFindings() []finding {
	return []finding{{what: "namespaces", err: scenarios.LiveMissing(nil)}}
}
