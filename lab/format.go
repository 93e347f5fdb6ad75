package lab

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/reports/words"
)

// formatFlag is the flag --format.
type formatFlag struct{ terminal.Format }

func tableFormat() *formatFlag { return &formatFlag{terminal.Table} }

func (f *formatFlag) register(c *cobra.Command) {
	c.Flags().Var(f, "format", fmt.Sprintf("%s; all but %s print nothing else to standard output", words.Or(terminal.Formats()...), terminal.Table))
	var names []string
	for _, each := range terminal.Formats() {
		names = append(names, string(each))
	}
	complete(c, "format", names...)
}

// String, Set and Type make it a flag.
func (f *formatFlag) String() string { return string(f.Format) }

// Set reads the name of a format.
func (f *formatFlag) Set(name string) (err error) {
	f.Format, err = terminal.ParseFormat(name)
	return err
}

// Type is what the help calls the flag's value.
func (f *formatFlag) Type() string { return "format" }

// options says how to write to out.
func (f *formatFlag) options(out io.Writer) terminal.Options {
	return terminal.Options{Format: f.Format, Colour: colour(out), Columns: columns(out)}
}

// remarks is where to say what is not in the format: for a person, below the table; beside
// it, if a program reads the results.
func (f *formatFlag) remarks(cmd *cobra.Command) io.Writer {
	if f.Format == terminal.Table {
		return cmd.OutOrStdout()
	}
	return cmd.ErrOrStderr()
}

// columns is how wide the terminal is; 0: it is none, or does not say.
func columns(out io.Writer) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if f, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return width
		}
	}
	return 0
}

// colour follows no-color.org and force-color.org: a terminal has colours unless NO_COLOR is
// set, and what is not a terminal has none unless FORCE_COLOR or CLICOLOR_FORCE is.
func colour(out io.Writer) bool {
	set := func(name string) bool {
		value := os.Getenv(name)
		return value != "" && value != "0"
	}
	switch {
	case os.Getenv("NO_COLOR") != "":
		return false
	case set("FORCE_COLOR"), set("CLICOLOR_FORCE"):
		return true
	}
	return isTerminal(out)
}
