package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"github.com/airlock-go/upload/s3store"
)

// check prints what s3store.Store.Check finds: 1 if something is wrong.
func check(*flag.FlagSet) action {
	return func(ctx context.Context, e *env) (int, error) {
		if err := e.noArgs(); err != nil {
			return 2, err
		}
		return e.report(e.store.Check(ctx))
	}
}

func (e *env) report(r s3store.Report) (status int, err error) {
	if e.json {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		err = enc.Encode(r)
	} else {
		_, err = fmt.Fprint(e.stdout, r)
	}
	if r.Worst() == s3store.Wrong {
		return 1, err
	}
	return 0, err
}
