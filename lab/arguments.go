package lab

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/trial"
)

// noLimit is the maximum for a command that takes any number of arguments.
const noLimit = -1

// wantArgs accepts between least and most arguments. Otherwise the error names what was expected.
func wantArgs(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most == noLimit || len(args) <= most) {
			return nil
		}
		got := "nothing"
		if len(args) > 0 {
			got = words.Many(len(args), "argument")
		}
		return fmt.Errorf("%s got %s, expected %s; usage: %s", cmd.Name(), got, what, cmd.UseLine())
	}
}

// refuseEmpty refuses a flag with an empty value, as in --seeds "$UNSET".
func refuseEmpty(cmd *cobra.Command) (err error) {
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

// refuseZero refuses an explicit 0 for a number whose 0 stands for a default.
func refuseZero(cmd *cobra.Command, flag string) error {
	if f := cmd.Flags().Lookup(flag); f.Changed && f.Value.String() == "0" {
		return fmt.Errorf("--%s is 0, expected 1 or more", flag)
	}
	return nil
}

// checkJobs refuses an impossible number of trials side by side; 0 stands for the default.
func checkJobs(jobs int) error {
	switch {
	case jobs < 0:
		return fmt.Errorf("--jobs is %d, expected 1 or more", jobs)
	case jobs > trial.MaxJobs:
		return fmt.Errorf("--jobs is %d, expected at most %d", jobs, trial.MaxJobs)
	}
	return nil
}
