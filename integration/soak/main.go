// Command soak runs a server for a long time under realistic conditions: good clients, bad ones,
// slow ones, and ones that leave, while calls to S3 fail or take long. It then reports whether
//
//   - every acknowledged file is stored, whole,
//   - what nothing refers to is removed soon after the sweeper's grace,
//   - memory, goroutines and file descriptors of the server stayed within limits.
//
// The server and S3 (versitygw) are processes of their own. The clients and the proxy that injects
// the faults are in this one.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"
)

func main() {
	run := soak
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "serve" {
		run, args = serve, args[1:]
	}
	if err := run(args); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

const (
	grace      = 2 * time.Minute  // of the sweeper
	sweepEvery = 15 * time.Second // of the server
	// slack is how long a sweep may take without faults.
	slack = 90 * time.Second
	// patience is how long a removal may take while S3 fails: a call that fails for good ends a
	// sweep, or leaves an object to the next.
	patience = 5 * time.Minute
)

// soak runs everything and writes the result.
func soak(args []string) error {
	flags := flag.NewFlagSet("soak", flag.ExitOnError)
	length := flags.Duration("for", 30*time.Minute, "how long")
	clients := flags.Int("clients", 24, "clients at once")
	doc := flags.String("o", "", "a document in which the result replaces all that follows the line <!-- soak -->")
	if err := flags.Parse(args); err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // also the output of package log, to which net/http writes
	w, err := newWorld()
	if err != nil {
		return err
	}
	defer w.close()
	ctx, cancel := context.WithTimeout(context.Background(), *length)
	defer cancel()
	err = w.run(ctx, *clients, *length)
	result := w.result(*length, *clients)
	fmt.Println(result)
	if err == nil {
		err = w.verdict()
	}
	if *doc != "" && err == nil {
		err = replaceEnd(*doc, result)
	}
	return err
}
