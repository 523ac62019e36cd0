// Server is a small upload site: a page with drag and drop, a plain HTML form, resumable uploads,
// and direct uploads to the storage. One policy decides about all files. They are stored in memory,
// in a directory or in S3.
//
//	go run -C examples ./server
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until ctx ends and returns the exit status. It prints the URL to stdout once it
// listens, and everything else to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	cfg, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		_, _ = fmt.Fprintf(stderr, "server: %v\n", err)
		return 2
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	s, err := prepare(ctx, cfg, log)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "server: %v\n", err)
		return 2
	}
	if err := s.serve(ctx, cfg, stdout); err != nil {
		log.Error("stopped", "err", err)
		return 1
	}
	return 0
}

func prepare(ctx context.Context, cfg *config, log *slog.Logger) (*site, error) {
	if err := cfg.scan(ctx); err != nil {
		return nil, err
	}
	store, setup, err := newStore(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	s, err := newSite(ctx, cfg, store, log)
	if err != nil {
		return nil, err
	}
	s.setup = setup
	return s, nil
}
