package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"github.com/airlock-go/upload/s3bucket"
)

// check prints what s3bucket.Bucket.Check finds: 1 if something is wrong.
func check(*flag.FlagSet) action {
	return func(ctx context.Context, e *env) (int, error) {
		if err := e.noArgs(); err != nil {
			return 2, err
		}
		return e.report(e.care.Check(ctx))
	}
}

func (e *env) report(r s3bucket.Report) (status int, err error) {
	if e.json {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		err = enc.Encode(r)
	} else {
		_, err = fmt.Fprint(e.stdout, r)
	}
	if r.Worst() == s3bucket.StateWrong {
		return 1, err
	}
	return 0, err
}
