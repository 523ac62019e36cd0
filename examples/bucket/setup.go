package main

import (
	"context"
	"flag"
	"fmt"
)

// setup adds the lifecycle rules and the CORS rule to those of the bucket.
func setup(*flag.FlagSet) action {
	return func(ctx context.Context, e *env) (int, error) {
		if err := e.noArgs(); err != nil {
			return 2, err
		}
		if err := e.store.Setup(ctx); err != nil {
			return 1, err
		}
		_, err := fmt.Fprintf(e.stderr, "the rules of the bucket %q are in place\n", e.bucket)
		return 0, err
	}
}
