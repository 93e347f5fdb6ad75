package console

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
)

// FormatFlag is the flag --format. It implements pflag.Value.
type FormatFlag struct {
	typeset.Format
	asked   bool // the user gave it
	verbose bool // every cell is wanted, however many there are
}

// TableFormat is the flag with its default, a table for people.
func TableFormat() *FormatFlag { return &FormatFlag{Format: typeset.Table} }

// Register adds the flag to a command.
func (f *FormatFlag) Register(c *cobra.Command) {
	c.Flags().Var(f, "format", fmt.Sprintf("%s; all but %s print nothing else to standard output", words.Or(typeset.Formats()...), typeset.Table))
	var names []string
	for _, each := range typeset.Formats() {
		names = append(names, string(each))
	}
	Complete(c, "format", names...)
}

// String returns the name of the format.
func (f *FormatFlag) String() string { return string(f.Format) }

// Set parses the name of a format.
func (f *FormatFlag) Set(name string) (err error) {
	f.Format, err = typeset.ParseFormat(name)
	f.asked = true
	return err
}

// RegisterVerbose adds -v, with which a command prints every cell instead of a screen.
func (f *FormatFlag) RegisterVerbose(c *cobra.Command) {
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "print every cell, however many there are, as --format table does")
}

// Screen reports whether results that fill many screens are summed up on one.
func (f *FormatFlag) Screen() bool { return f.Format == typeset.Table && !f.asked && !f.verbose }

// Type returns what the help calls the flag's value.
func (f *FormatFlag) Type() string { return "format" }

// Options returns how to write to out.
func (f *FormatFlag) Options(out io.Writer) typeset.Options {
	return typeset.Options{Format: f.Format, Colour: colour(out), Columns: columns(out)}
}

// Remarks returns where to write what the format does not include: to standard output, below the
// table, if a person reads it; to standard error if a program reads the results.
func (f *FormatFlag) Remarks(cmd *cobra.Command) io.Writer {
	if f.Format == typeset.Table {
		return cmd.OutOrStdout()
	}
	return cmd.ErrOrStderr()
}

// columns returns the width of the terminal; 0 if out is not a terminal or does not say.
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

// colour reports whether out gets colours. It follows no-color.org and force-color.org: a terminal
// has colours unless NO_COLOR is set, and anything else has none unless FORCE_COLOR or
// CLICOLOR_FORCE is.
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
