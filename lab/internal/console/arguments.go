package console

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/trial"
)

// Complete registers fixed values of a flag for shell completion.
func Complete(c *cobra.Command, flag string, values ...string) {
	err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // there is no such flag: a bug in this program
	}
}

// NoLimit is the maximum for a command that takes any number of arguments.
const NoLimit = -1

// WantArgs accepts between least and most arguments. Otherwise the error names what was expected.
func WantArgs(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most == NoLimit || len(args) <= most) {
			return nil
		}
		got := "nothing"
		if len(args) > 0 {
			got = words.Many(len(args), "argument")
		}
		return fmt.Errorf("%s got %s, expected %s; usage: %s", cmd.Name(), got, what, cmd.UseLine())
	}
}

// RefuseEmpty refuses a flag with an empty value, as in --seeds "$UNSET".
func RefuseEmpty(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		empty := f.Value.String() == ""
		if list, ok := f.Value.(pflag.SliceValue); ok {
			empty = !slices.ContainsFunc(list.GetSlice(), func(each string) bool { return each != "" })
		}
		if empty && err == nil {
			err = fmt.Errorf("--%s is empty; give it a value or omit it; its meaning: %s", f.Name, f.Usage)
		}
	})
	return err
}

// RefuseZero refuses an explicit 0 for a number whose 0 stands for a default.
func RefuseZero(cmd *cobra.Command, flag string) error {
	if f := cmd.Flags().Lookup(flag); f.Changed && f.Value.String() == "0" {
		return fmt.Errorf("--%s is 0, expected 1 or more", flag)
	}
	return nil
}

// CheckJobs refuses an impossible number of trials side by side; 0 stands for the default.
func CheckJobs(jobs int) error {
	switch {
	case jobs < 0:
		return fmt.Errorf("--jobs is %d, expected 1 or more", jobs)
	case jobs > trial.MaxJobs:
		return fmt.Errorf("--jobs is %d, expected at most %d", jobs, trial.MaxJobs)
	}
	return nil
}
