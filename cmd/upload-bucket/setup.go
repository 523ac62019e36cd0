package main

import (
	"context"
	"flag"
	"fmt"
)

// setup adds the lifecycle rules and the CORS rule to those of the bucket. It prints the
// features that the service lacks, and does the rest.
func setup(*flag.FlagSet) action {
	return func(ctx context.Context, e *env) (int, error) {
		if err := e.noArgs(); err != nil {
			return 2, err
		}
		lacking, err := e.care.Setup(ctx)
		for _, what := range lacking {
			_, _ = fmt.Fprintln(e.stderr, what)
		}
		if err != nil {
			return 1, err
		}
		_, err = fmt.Fprintln(e.stderr, e.done(len(lacking)))
		return 0, err
	}
}

// done returns the last line of setup.
func (e *env) done(lacking int) string {
	if lacking == 0 {
		return fmt.Sprintf("the rules of the bucket %q are in place", e.bucket)
	}
	return fmt.Sprintf("the rules of the bucket %q are in place, except those that its service does not have (%d, see above)", e.bucket, lacking)
}
