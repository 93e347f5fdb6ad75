package lab

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far a long job has come: a bar on a terminal, plain lines in a pipe.
type progress struct {
	out    io.Writer
	what   string
	total  int
	done   int
	each   bool // print a line for every step; otherwise one per tenth of the way
	bar    *progressbar.ProgressBar
	spoken int // tenths already reported
}

func newProgress(out io.Writer, what string, total int, each bool) *progress {
	p := &progress{out: out, what: what, total: total, each: each}
	if isTerminal(out) {
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(out),
			progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond))
	}
	return p
}

// step counts one step; name says which it was.
func (p *progress) step(name string) {
	p.done++
	switch {
	case p.bar != nil:
		_ = p.bar.Add(1) // a bar that cannot be drawn must not end the run
	case p.each:
		fmt.Fprintf(p.out, "[%d/%d] %s\n", p.done, p.total, name)
	case p.done*10/p.total > p.spoken:
		p.spoken = p.done * 10 / p.total
		fmt.Fprintf(p.out, "%s: %d of %d\n", p.what, p.done, p.total)
	}
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// isTerminal reports whether somebody is looking, which is to say whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
