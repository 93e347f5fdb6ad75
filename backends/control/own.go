package control

// ClientOptions names what each client decides by itself; the others are about the servers.
func (Perfect) ClientOptions() []string {
	return []string{optionTimeout, optionRetry}
}
