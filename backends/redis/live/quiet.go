//go:build linux

package redislive

import (
	"context"

	goredis "github.com/redis/go-redis/v9"
)

// go-redis prints connection errors to standard error, for the whole process. Here every such error
// is returned to its caller, who knows whether it matters: while a server starts, a refused
// connection does not.
func init() { goredis.SetLogger(quiet{}) }

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}
