//go:build linux

package live

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// RecordMessages starts recording what the lab's hosts send to each other. The returned function
// gives what they have sent so far.
func (l *Lab) RecordMessages() (recorded func() []sim.Message) {
	zero := machineClock()
	l.network.startRecording()
	return func() []sim.Message { return l.network.recorded(zero, l.Readers) }
}

// RecordAtMost bounds how many more messages are recorded.
func (l *Lab) RecordAtMost(n int64) { l.network.record.left.Store(n) }

// CutFor cuts the link from one host to another until mend is called.
func (l *Lab) CutFor(way sim.Link) (mend func(), err error) {
	cable, err := l.link(way)
	if err != nil {
		return nil, err
	}
	change := func(by int) {
		cable.mu.Lock()
		defer cable.mu.Unlock()
		cable.cuts += by
	}
	change(1)
	return func() { change(-1) }, nil
}

// WordsFor is wordsFor for a complete message.
func WordsFor(readers []Reader, text string) string {
	return wordsFor(readers, []byte(text), len(text))
}

// Never is the time after which tests give up waiting.
const Never = 30 * time.Second
