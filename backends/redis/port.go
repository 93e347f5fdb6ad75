package redis

import (
	"time"
)

// Port is the few commands of one Redis server that the lock needs. Every call gives up the host
// while it waits, and returns an error that wraps sim.ErrUnknown if no answer came within timeout
// on the host's monotonic clock: the server may then have executed the command, or may still do so.
// Lifetimes (px) are cut to whole milliseconds and must be at least one.
type Port interface {
	// SetNX sets key to value for px unless it exists, and reports whether it did. It records
	// sim.AcquireSent once the request is on its way and before its answer is read.
	SetNX(key, value string, px, timeout time.Duration) (bool, error)
	// SetNXWithToken is SetNX that, if it sets the key, also increments counterKey and returns the
	// result, in one step.
	SetNXWithToken(key, counterKey, value string, px, timeout time.Duration) (token uint64, ok bool, err error)
	// CompareAndDelete deletes key if it holds value, and reports whether it did.
	CompareAndDelete(key, value string, timeout time.Duration) (bool, error)
	// Delete deletes key whatever it holds, and reports whether there was one. This is the release
	// that the documentation warns against, because it may delete the next holder's lock (R4).
	Delete(key string, timeout time.Duration) (bool, error)
	// CompareAndExpire gives key the lifetime px from now if it holds value, and reports whether it
	// did.
	CompareAndExpire(key, value string, px, timeout time.Duration) (bool, error)
}

// ObtainPort is a Port that also has the command of bsm/redislock.
type ObtainPort interface {
	Port
	// Obtain is SetNX that also succeeds, and restarts the lifetime, if the key holds this very
	// value: a command that is sent again does not find the lock taken by itself.
	Obtain(key, value string, px, timeout time.Duration) (bool, error)
}

// SetNX is one command, SET key value NX PX milliseconds; Delete is DEL key. The others compare
// before they act, so they are Lua scripts, which Redis runs without interruption.
const (
	// CompareAndDeleteScript releases a lock. It is the script of the Redis
	// documentation ("Distributed Locks with Redis", correct implementation with a
	// single instance).
	CompareAndDeleteScript = `
if redis.call("get",KEYS[1]) == ARGV[1] then
    return redis.call("del",KEYS[1])
else
    return 0
end`

	// CompareAndExpireScript extends a lock: the extension script of redsync and bsm/redislock.
	CompareAndExpireScript = `
if redis.call("get",KEYS[1]) == ARGV[1] then
    return redis.call("pexpire",KEYS[1],ARGV[2])
else
    return 0
end`

	// ObtainScript takes a lock as bsm/redislock does (redislock.go, luaObtain), with the token as
	// the whole value.
	ObtainScript = `
if redis.call("set",KEYS[1],ARGV[1],"NX","PX",ARGV[2]) then
    return redis.status_reply("OK")
end
if redis.call("get",KEYS[1]) == ARGV[1] then
    return redis.call("set",KEYS[1],ARGV[1],"PX",ARGV[2])
end`

	// SetNXWithTokenScript takes a lock and draws a fencing token with it. It returns 0 if the lock
	// is held. The counter has no expiry: it must outlive every lease.
	SetNXWithTokenScript = `
if redis.call("set",KEYS[1],ARGV[1],"NX","PX",ARGV[2]) then
    return redis.call("incr",KEYS[2])
else
    return 0
end`
)
