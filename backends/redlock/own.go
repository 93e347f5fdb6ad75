package redlock

// ClientOptions names what each client decides by itself; the others are about the servers.
func (Backend) ClientOptions() []string {
	return []string{
		optionTimeout, optionSequential, optionWallClock, optionElapsed, optionDrift, optionConstant, optionRetry, optionJitter,
		optionPartial, optionRenew, optionTopUp, optionPlain,
	}
}
