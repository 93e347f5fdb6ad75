package lab

import (
	"context"
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

// slowToRead is the size in bytes from which reading takes long enough to show progress.
const slowToRead = 64 << 20

// reading shows how much of the results has been read, if that takes long.
type reading struct {
	ctx   context.Context // when it ends, nothing more is shown
	out   io.Writer
	bar   *progress
	shown int64
}

// show says how many bytes of how many have been read.
func (r *reading) show(done, total int64) {
	const parts = 100
	if total < slowToRead {
		return
	}
	if r.bar == nil {
		r.bar = newProgress(r.out, "percent read", parts, false)
	}
	for ; r.shown < done*parts/total && r.ctx.Err() == nil; r.shown++ {
		r.bar.step("")
	}
}

func (r *reading) finish() {
	if r.bar != nil {
		r.bar.finish()
	}
}
