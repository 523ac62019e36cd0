package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/airlock-go/upload/s3bucket"
)

// check prints what s3bucket.Bucket.Check finds. The exit status is 1 if a fault counts.
func check(fs *flag.FlagSet) action {
	dev := fs.Bool("dev", false, "the server and its root keys are for development: most settings of the bucket, and rights of the credentials, do not count")
	return func(ctx context.Context, e *env) (int, error) {
		if err := e.noArgs(); err != nil {
			return 2, err
		}
		r := e.care.Check(ctx)
		if err := e.report(r); err != nil {
			return 2, err
		}
		return e.verdict(r, *dev), nil
	}
}

func (e *env) report(r s3bucket.Report) error {
	if e.json {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	_, err := fmt.Fprint(e.stdout, r)
	return err
}

// settings are the topics that -dev does not count: most settings of a bucket, and rights of
// credentials. Root keys may do everything, and servers for development have few of these settings.
// All other topics count.
var settings = []s3bucket.Topic{
	s3bucket.TopicPublicBlock, s3bucket.TopicACLs, s3bucket.TopicEncryption, s3bucket.TopicLogging,
	s3bucket.TopicStaging, s3bucket.TopicUnfinished, s3bucket.TopicCORS, s3bucket.TopicRights,
}

// verdict returns the exit status for a report. With dev it prints the wrong topics that do not
// count.
func (e *env) verdict(r s3bucket.Report, dev bool) (status int) {
	var pardoned []string
	for _, f := range r.Findings {
		switch {
		case f.State != s3bucket.StateWrong:
		case dev && slices.Contains(settings, f.Topic):
			pardoned = append(pardoned, string(f.Topic))
		default:
			status = 1
		}
	}
	if pardoned != nil {
		_, _ = fmt.Fprintf(e.stderr, "-dev does not count the faults of: %s. Run check without it before the first user comes\n", strings.Join(pardoned, ", "))
	}
	return status
}
