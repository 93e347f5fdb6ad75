package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// progress shows how far a long job has come: one line that changes on a terminal, plain lines in a
// pipe.
type progress struct {
	out      io.Writer
	what     string
	total    int
	done     int
	lines    lines
	terminal bool
	drawn    time.Time // when the line on a terminal was last drawn; zero: there is none
	spoken   int       // tenths already reported
}

// lines is what a pipe gets to see of a job.
type lines int

const (
	tenths lines = iota // how far it has come, ten times
	steps               // a line for every step
	said                // only what the job itself says
)

func newProgress(out io.Writer, what string, total int, l lines) *progress {
	return &progress{out: out, what: what, total: total, lines: l, terminal: isTerminal(out)}
}

// step counts one step; name says which it was.
func (p *progress) step(name string) {
	p.done++
	if p.terminal {
		p.draw()
		return
	}
	switch p.lines {
	case steps:
		fmt.Fprintf(p.out, "[%d/%d] %s\n", p.done, p.total, name)
	case tenths:
		if p.done*10/p.total > p.spoken {
			p.spoken = p.done * 10 / p.total
			fmt.Fprintf(p.out, "%s: %d of %d\n", p.what, p.done, p.total)
		}
	case said:
	}
}

// say prints a line that stays, after the steps so far.
func (p *progress) say(line string) {
	p.finish()
	fmt.Fprintf(p.out, "[%d/%d] %s\n", p.done, p.total, line)
}

// redrawn is how often the line on a terminal changes at most.
const redrawn = 100 * time.Millisecond

// eraseLine is what a terminal takes for: go to the beginning of the line, and erase it.
const eraseLine = "\r\x1b[K"

func (p *progress) draw() {
	if now := time.Now(); now.Sub(p.drawn) >= redrawn {
		p.drawn = now
		fmt.Fprintf(p.out, "%s%s: %d of %d (%d %%)", eraseLine, p.what, p.done, p.total, p.done*100/p.total)
	}
}

// finish removes the line on a terminal.
func (p *progress) finish() {
	if !p.drawn.IsZero() {
		p.drawn = time.Time{}
		fmt.Fprint(p.out, eraseLine)
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
		r.bar = newProgress(r.out, "percent read", parts, tenths)
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
