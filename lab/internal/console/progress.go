package console

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// Progress shows how far a long job has come: one line that changes on a terminal, plain lines in a
// pipe.
type Progress struct {
	out      io.Writer
	what     string
	total    int
	done     int
	Lines    Lines
	terminal bool
	drawn    time.Time // when the line on a terminal was last drawn; zero: there is none
	spoken   int       // tenths already reported
}

// Lines is what a pipe gets to see of a job.
type Lines int

const (
	Tenths Lines = iota // how far it has come, ten times
	Steps               // a line for every step
	Said                // only what the job itself says
)

// NewProgress makes the progress of a job of so many steps; what says of what.
func NewProgress(out io.Writer, what string, total int, l Lines) *Progress {
	return &Progress{out: out, what: what, total: total, Lines: l, terminal: isTerminal(out)}
}

// Step counts one step; name says which it was.
func (p *Progress) Step(name string) {
	p.done++
	if p.terminal {
		p.draw()
		return
	}
	switch p.Lines {
	case Steps:
		fmt.Fprintf(p.out, "[%d/%d] %s\n", p.done, p.total, name)
	case Tenths:
		if p.done*10/p.total > p.spoken {
			p.spoken = p.done * 10 / p.total
			fmt.Fprintf(p.out, "%s: %d of %d\n", p.what, p.done, p.total)
		}
	case Said:
	}
}

// Say prints a line that stays, after the steps so far.
func (p *Progress) Say(line string) {
	p.Finish()
	fmt.Fprintf(p.out, "[%d/%d] %s\n", p.done, p.total, line)
}

// redrawn is how often the line on a terminal changes at most.
const redrawn = 100 * time.Millisecond

// eraseLine is what a terminal takes for: go to the beginning of the line, and erase it.
const eraseLine = "\r\x1b[K"

func (p *Progress) draw() {
	if now := time.Now(); now.Sub(p.drawn) >= redrawn {
		p.drawn = now
		fmt.Fprintf(p.out, "%s%s: %d of %d (%d %%)", eraseLine, p.what, p.done, p.total, p.done*100/p.total)
	}
}

// Finish removes the line on a terminal.
func (p *Progress) Finish() {
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

// Reading shows how much of the results has been read, if that takes long.
type Reading struct {
	Context context.Context // when it ends, nothing more is shown
	Out     io.Writer
	bar     *Progress
	shown   int64
}

// Show says how many bytes of how many have been read.
func (r *Reading) Show(done, total int64) {
	const parts = 100
	if total < slowToRead {
		return
	}
	if r.bar == nil {
		r.bar = NewProgress(r.Out, "percent read", parts, Tenths)
	}
	for ; r.shown < done*parts/total && r.Context.Err() == nil; r.shown++ {
		r.bar.Step("")
	}
}

// Finish removes what is shown.
func (r *Reading) Finish() {
	if r.bar != nil {
		r.bar.Finish()
	}
}
