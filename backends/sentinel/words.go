package sentinel

// The messages' descriptions in a message diagram. Commands describe themselves.

// Words describes the server's answer.
func (a Answer) Words() string {
	switch a.Err {
	case ErrReadOnly:
		return "READONLY"
	case ErrNoReplicas:
		return "NOREPLICAS"
	}
	return a.Reply.Words()
}

// Words names the command.
func (wait) Words() string { return "WAIT" }

// Words names the command, or its answer.
func (ping) Words() string { return "ping" }

// Words names the command.
func (infoRequest) Words() string { return "INFO" }

// Words describes the server's role.
func (i info) Words() string {
	if i.master == "" {
		return "I am a master"
	}
	return "replica of " + string(i.master)
}

// Words names the command.
func (r replicaOf) Words() string {
	if r.master == "" {
		return "REPLICAOF NO ONE"
	}
	return "REPLICAOF " + string(r.master)
}

// Words names what Sentinels publish.
func (hello) Words() string { return "hello" }

// Words names the command.
func (masterAddress) Words() string { return "who is master?" }

// Words names the command.
func (r isMasterDown) Words() string {
	if r.candidate != "" {
		return "vote for me?"
	}
	return "master down?"
}

// Words is the other's opinion, or its vote.
func (o opinion) Words() string {
	switch {
	case o.leader != "":
		return "vote: " + string(o.leader)
	case o.down:
		return "down"
	}
	return "not down"
}

// Words names the command.
func (psync) Words() string { return "PSYNC" }

// Words names the message.
func (fullSync) Words() string { return "full sync" }

// Words describes what is replicated.
func (s stream) Words() string {
	if words := s.write.command.Words(); words != "" {
		return "replicate " + words
	}
	return "replicate expiry"
}

// Words names the message.
func (keepAlive) Words() string { return "ping" }

// Words names the command.
func (getAck) Words() string { return "GETACK" }

// Words names the message.
func (ack) Words() string { return "ACK" }

// Words names the message.
func (hungUp) Words() string { return "reset" }
