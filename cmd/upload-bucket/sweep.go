package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"github.com/airlock-go/upload/sweep"
)

// sweeping is the command sweep: its flags and its state.
type sweeping struct {
	opts       sweep.Options
	references references
	place      place
	tell       *teller
}

// sweepCommand finds objects that nothing refers to, and removes them with -remove.
func sweepCommand(fs *flag.FlagSet) action {
	s := &sweeping{}
	s.references.flags(fs)
	fs.BoolVar(&s.opts.Remove, "remove", false, "remove the files that are found; without it nothing is removed")
	fs.DurationVar(&s.opts.Grace, "grace", 8*24*time.Hour, "`age` below which nothing is touched")
	fs.BoolVar(&s.opts.InsecureGrace, "insecure-grace", false, "take a -grace below 8 days, which can remove uploads that are on their way")
	fs.IntVar(&s.opts.Rate, "rate", 50, "removals a second, at most")
	fs.IntVar(&s.opts.MaxRemovals, "max-removals", 10_000, "removals in all, at most; the next run goes on")
	fs.Float64Var(&s.opts.MaxShare, "max-share", 0.25, "the largest `share` of a group of files that may be orphaned; above it a run with -remove ends.\nA group has 500 files or more, or all if there are fewer")
	fs.BoolVar(&s.opts.AllowAnyShare, "allow-any-share", false, "remove orphaned files even if all are orphaned")
	fs.BoolVar(&s.opts.AllowWholeBucket, "whole-bucket", false, "without a -s3-prefix, sweep the whole bucket")
	fs.StringVar(&s.place.file, "cursor", "", "`file` that keeps the place, from which an interrupted run goes on")
	return s.run
}

func (s *sweeping) run(ctx context.Context, e *env) (int, error) {
	if len(e.args) > 0 {
		return 2, fmt.Errorf("unexpected argument %q", e.args[0])
	}
	if err := s.check(e); err != nil {
		return 2, err
	}
	known, err := s.references.open(ctx, e.store, e.prefix, s.opts.Remove)
	if err != nil {
		return 2, err
	}
	defer known.done()
	if !known.asOf.IsZero() {
		_, _ = fmt.Fprintf(e.stderr, "the references are of %s; files that were younger than %v then stay\n", known.asOf.UTC().Format(time.RFC3339), s.opts.Grace)
	}
	if err := s.place.load(s.opts.Remove); err != nil {
		return 2, err
	}
	s.tell = &teller{env: e, remove: s.opts.Remove, bar: isTerminal(e.stderr), passed: s.place.Passed}
	s.opts.Prefix, s.opts.AsOf = e.prefix, known.asOf
	s.opts.Found, s.opts.Progress = s.tell.found, s.progress
	s.opts.Logger = slog.New(slog.DiscardHandler) // stdout has each finding already
	sweeper, err := sweep.New(e.store, known.ask, &s.opts)
	if err != nil {
		return 2, err
	}
	if err := s.tell.count(ctx, e.store); err != nil {
		return 2, err
	}
	report, err := sweeper.Run(ctx, s.place.Cursor)
	if err := s.tell.end(report); err != nil {
		return 2, err
	}
	return s.status(ctx, e, report, err)
}

// check refuses values for which package sweep has defaults, and a flag that would be ignored.
func (s *sweeping) check(e *env) error {
	switch {
	case s.opts.MaxShare == 0:
		return errors.New("-max-share must be more than 0")
	case s.opts.MaxRemovals == 0 || s.opts.Rate == 0 || s.opts.Grace == 0:
		return errors.New("-max-removals, -rate and -grace must be more than 0")
	}
	return e.noKeyPrefix()
}

// status returns the exit status of a run.
func (s *sweeping) status(ctx context.Context, e *env, report sweep.Report, err error) (int, error) {
	switch {
	case err == nil:
		return 0, nil
	case ctx.Err() != nil && s.place.file != "":
		return 2, fmt.Errorf("another run with this -cursor goes on: %w", err)
	case ctx.Err() != nil:
		return 2, err
	case errors.Is(err, sweep.ErrShare):
		_, _ = fmt.Fprintf(e.stderr, "%v. The flags for these options are -max-share and -allow-any-share; the next run begins again\n", err)
		return 1, s.place.forget()
	case errors.Is(err, sweep.ErrLimit), errors.Is(err, sweep.ErrFailures), report.Failed > 0 && report.Cursor == "":
		_, _ = fmt.Fprintln(e.stderr, err)
		return 1, nil
	}
	return 2, err
}

// progress saves the place after each page that moved it.
func (s *sweeping) progress(_ context.Context, r sweep.Report) error {
	s.tell.page(r)
	if r.Cursor == s.place.Cursor { // until enough files were seen to judge their share
		return nil
	}
	return s.place.save(r.Cursor, s.tell.passed+r.Seen-r.Removed)
}
