package redis

import "strconv"

// commandWords are the commands as the Redis documentation writes them. Those that compare before
// they delete or expire are scripts.
var commandWords = map[CommandKind]string{
	CommandHello:            "HELLO",
	CommandSetNX:            "SET NX PX",
	CommandObtain:           "SET NX PX unless mine",
	CommandSetNXWithToken:   "SET NX PX, INCR",
	CommandCompareAndDelete: "DEL if mine",
	CommandDelete:           "DEL",
	CommandCompareAndExpire: "PEXPIRE if mine",
	CommandAdd:              "SADD",
}

// Words describes the command in a message diagram.
func (c Command) Words() string { return commandWords[c.Kind] }

// Words describes the answer in a message diagram.
func (r Reply) Words() string {
	switch {
	case r.Token != 0:
		return "OK, token " + strconv.FormatUint(r.Token, 10)
	case r.OK:
		return "OK"
	}
	return "no"
}
