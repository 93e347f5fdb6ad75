package control

// ClientOptions names the options that each client sets for itself; the others concern the servers.
func (Perfect) ClientOptions() []string {
	return []string{optionTimeout, optionRetry}
}
