package etcd

// ClientOptions names what each client decides by itself; the others are about the servers.
func (Backend) ClientOptions() []string {
	return []string{optionTimeout, optionRecheck, optionCompare, optionFromSend, optionServer}
}
