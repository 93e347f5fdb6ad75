//go:build !linux

package doctor

import (
	"github.com/locklab/locklab/scenarios/trial"
)

func liveFindings() []finding {
	return []finding{{what: "namespaces", err: trial.LiveMissing(nil)}}
}
