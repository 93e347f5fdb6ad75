//go:build linux

package network

// Forget makes a link forget every fault in effect on it, as a bug might. A probe must notice
// this.
func (l *Link) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cuts, l.off, l.extra, l.losses = 0, 0, 0, nil
	for _, k := range l.queue {
		k.due = 0
	}
	l.sorted()
}

// Probings returns how many probings the switch still tracks.
func (s *Switch) Probings() int {
	s.prober.mu.Lock()
	defer s.prober.mu.Unlock()
	return len(s.prober.all)
}

// RecordAtMost bounds how many more messages are recorded.
func (s *Switch) RecordAtMost(n int64) { s.record.left.Store(n) }

// WordsFor is wordsFor for a complete message.
func WordsFor(readers []Reader, text string) string {
	return wordsFor(readers, []byte(text), len(text))
}

// EndConnection ends the connection of a socket.
var EndConnection = endConnection
