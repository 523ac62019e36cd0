package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// verify returns an error if the S3 server lacks what direct uploads rely on. It logs what it could
// not try.
func verify(ctx context.Context, store *s3store.Store, layout s3bucket.Layout, log *slog.Logger) error {
	bucket, err := s3bucket.New(store, layout)
	if err != nil {
		return err
	}
	r := bucket.Verify(ctx)
	var wrong []string
	for _, f := range r.Findings {
		switch f.State {
		case s3bucket.StateWrong:
			wrong = append(wrong, fmt.Sprintf("  %s: %s", f.Topic, f.Explanation))
		case s3bucket.StateCannotTell:
			log.Warn("could not be verified", "topic", f.Topic, "why", f.Explanation)
		}
	}
	if wrong == nil {
		return nil
	}
	return fmt.Errorf("-direct is not safe with the bucket %q as -s3-profile and -s3-lacks describe its server:\n%s\n"+
		"upload-bucket check -direct, with the same -s3 flags except -s3-setup, proposes a profile", r.Bucket, strings.Join(wrong, "\n"))
}
