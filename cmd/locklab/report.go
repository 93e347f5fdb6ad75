package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/reports/results"
)

func reportCommand() *cobra.Command {
	var out string
	format := tableFormat()
	c := &cobra.Command{
		Use:   "report DIR...",
		Short: "Make table, charts and page anew from what runs have left",
		Long: `Report reads the folders of one run or several (results.jsonl, run.json and the
histories that were kept), adds them up, and makes everything anew that run makes at
its end: the table, the timelines, the charts and index.html. Nothing is run again.

With one folder, pictures and page are written into it; with several, --out says where.`,
		Example: "  locklab report out/latest\n  locklab report out/monday out/tuesday --out out/both-days",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, folders []string) error {
			if out == "" && len(folders) > 1 {
				return errors.New("several folders are to be added up, expected --out DIR for the report of all of them")
			}
			if out == "" {
				out = folders[0]
			}
			return report(cmd, folders, out, format)
		},
	}
	c.Flags().StringVar(&out, "out", "", "folder for pictures and page (default: that of the run)")
	format.register(c)
	return c
}

func report(cmd *cobra.Command, folders []string, out string, format *formatFlag) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	set, err := readFolders(ctx, cmd, folders)
	if ctx.Err() != nil {
		return &statusError{statusUndecided, "interrupted: nothing was written"}
	}
	if err != nil {
		return err
	}
	accord, err := present(ctx, cmd, set, out, format)
	if err != nil {
		return err
	}
	return status(set, accord)
}

// slowToRead is the size in bytes from which on reading takes so long that it shows how far
// it is.
const slowToRead = 64 << 20

func readFolders(ctx context.Context, cmd *cobra.Command, folders []string) (*results.Set, error) {
	const parts = 100
	var bar *progress
	shown := int64(0)
	set, err := results.Read(ctx, folders, func(done, total int64) {
		if total < slowToRead {
			return
		}
		if bar == nil {
			bar = newProgress(cmd.ErrOrStderr(), "percent read", parts, false)
		}
		for ; shown < done*parts/total; shown++ {
			bar.step("")
		}
	})
	if bar != nil {
		bar.finish()
	}
	return set, err
}
