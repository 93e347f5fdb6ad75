package zookeeper

// ClientOptions names what each client decides by itself; the others are about the servers.
func (Backend) ClientOptions() []string {
	return []string{optionGiveUp, optionCheck, optionProtect, optionTimeout}
}
