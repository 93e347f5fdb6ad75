package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/diagram"
	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

func timelineCommand() *cobra.Command {
	return drawCommand(drawing{
		name:  "timeline",
		short: "Draw a recorded history as lanes on a timeline",
		long: `Timeline reads a history that a run has kept (histories/*.jsonl), from either
world, judges it, and draws who held the lock, who believed so, what became of the
money, and which fault came in between.`,
		draw: timeline.Timeline,
	})
}

func diagramCommand() *cobra.Command {
	return drawCommand(drawing{
		name:  "diagram",
		short: "Draw a recorded history as messages between hosts",
		long: `Diagram reads a history that a run has kept (histories/*.jsonl), from either
world, judges it, and draws the messages: a column for each host, time running down,
an arrow for each message from where it was sent to where it arrived or was lost. Of
many messages it draws those that matter most, around the first violation. A run
keeps no messages of virtual trials: the trial is run again to get them.`,
		draw: diagram.Draw, messages: true,
	})
}

// drawing is a kind of picture of one trial.
type drawing struct {
	name, short, long string
	messages          bool // of hosts are what it shows
	draw              func(h *sim.History, findings []check.Finding, title string) (*canvas.Figure, error)
}

func drawCommand(d drawing) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   d.name + " HISTORY",
		Short: d.short,
		Long: d.long + `

Exit status: 0 the picture was written, 3 the file is not a history, or the picture
could not be written.`,
		Example: "  locklab " + d.name + " out/latest/histories/gc-pause.redis.none.virtual.seed-1.jsonl --out gc-pause.png",
		Args:    console.WantArgs(1, 1, "one history that a run has kept, from out/latest/histories"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.run(cmd.Context(), cmd.OutOrStdout(), args[0], out)
		},
	}
	c.Flags().StringVar(&out, "out", "", "file to write, .svg or .png (default: the history's name with ."+d.name+".svg, in this folder)")
	return c
}

func (d drawing) run(ctx context.Context, stdout io.Writer, history, out string) error {
	if out == "" {
		out = strings.TrimSuffix(filepath.Base(history), ".jsonl") + "." + d.name + ".svg"
	}
	write := (*canvas.Figure).WriteSVG
	switch strings.ToLower(filepath.Ext(out)) {
	case ".svg":
	case ".png":
		write = (*canvas.Figure).WritePNG
	default:
		return fmt.Errorf("--out is %q, expected a file whose name ends in .svg or .png", out)
	}
	h, err := readHistory(history)
	if err != nil {
		return err
	}
	if d.messages {
		if h, err = withMessages(ctx, history, h); err != nil {
			return err
		}
	}
	figure, err := d.draw(h, check.All(trace.Read(h)), results.TitleOf(history, h.Header.Scenario))
	if err != nil {
		return fmt.Errorf("%s: %w", history, err)
	}
	if err := files.Write(out, func(w io.Writer) error { return write(figure, w) }); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s of %s, %s world, seed %d: %s\n", d.name,
		outcome.NameOf(h.Header), h.Header.World, h.Header.Seed, out)
	return nil
}

func readHistory(path string) (*sim.History, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	defer file.Close()
	return sim.ReadHistory(file, path)
}
