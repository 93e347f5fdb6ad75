package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// untilStopped gives a context that ends when the command is told to stop, by SIGINT or SIGTERM.
// A SIGINT that whoever started the command has it ignore stays ignored: a shell does so for
// what a script starts with "&", so that Ctrl-C is for the script. SIGTERM stops it there.
func untilStopped(ctx context.Context) (context.Context, context.CancelFunc) {
	stops := []os.Signal{syscall.SIGTERM}
	if !signal.Ignored(os.Interrupt) {
		stops = append(stops, os.Interrupt)
	}
	return signal.NotifyContext(ctx, stops...)
}
