//go:build !js

package etcd

import (
	"path/filepath"

	"github.com/locklab/locklab/backends"
)

var _ backends.Installed = Backend{}

// serversVar has the paths of etcd servers, separated by colons, to be used in place of
// those that are found.
const serversVar = "LOCKLAB_ETCD"

// ServerFlag names etcd servers: several, as versions differ.
func (Backend) ServerFlag() backends.ServerFlag {
	return backends.ServerFlag{
		Name: "etcd", Usage: "paths of etcd servers to use, separated by colons", Default: "those that are found",
		Variable: serversVar, Check: arePrograms,
	}
}

func arePrograms(list string) error {
	for _, path := range filepath.SplitList(list) {
		if err := backends.IsProgram(path); err != nil {
			return err
		}
	}
	return nil
}
