package s3store_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/storage"
)

type (
	// act makes a request to S3.
	act func(ctx context.Context) error

	// preparation prepares an act.
	preparation func(t *testing.T, f *fixture) act

	// ask is a call of the store that a test answers in its own way.
	ask struct {
		call    string
		prepare preparation
		so      func(f *fixture) bool // whether a successful act was right to succeed
	}
)

// asks returns calls, with the methods that make them.
func asks() map[string]ask {
	there := func(f *fixture) bool { return f.fake.Get("k") != nil }
	gone := func(f *fixture) bool { return len(f.fake.Keys()) == 0 && f.fake.OpenUploads() == 0 }
	open := func(f *fixture) bool { return f.fake.OpenUploads() > 0 }
	never := func(*fixture) bool { return false } // the answer did not come from S3
	return map[string]ask{
		"Commit, one part":   {"PutObject", staged(small, storage.Staged.Commit), there},
		"Stage opens":        {"CreateMultipartUpload", stages, open},
		"Stage sends":        {"UploadPart", stages, never},
		"Commit, many parts": {"CompleteMultipartUpload", staged(large, storage.Staged.Commit), there},
		"Discard aborts":     {"AbortMultipartUpload", staged(large, storage.Staged.Discard), gone},
		"Discard removes":    {"DeleteObject", committed(storage.Staged.Discard), gone},
		"Discard looks":      {"HeadObject", committed(storage.Staged.Discard), gone},
		"Delete lists":       {"ListObjectVersions", published((*fixture).delete), gone},
		"Delete removes":     {"DeleteObject", published((*fixture).delete), gone},
		"RemoveListed looks": {"HeadObject", published((*fixture).removeListed), gone},
		"RemoveListed":       {"DeleteObject", published((*fixture).removeListed), gone},
		"Stat":               {"HeadObject", published(func(f *fixture, ctx context.Context) error { _, err := f.Stat(ctx, "k"); return err }), never},
		"OpenAt":             {"GetObject", published(func(f *fixture, ctx context.Context) error { _, err := f.OpenAt(ctx, "k", "", 1, -1); return err }), never},
		"ScanVerdict":        {"GetObjectTagging", published(func(f *fixture, ctx context.Context) error { _, err := f.ScanVerdict(ctx, "k", ""); return err }), never},
		"ListObjects":        {"ListObjectsV2", published(func(f *fixture, ctx context.Context) error { _, err := f.ListObjects(ctx, "", ""); return err }), never},
		"ListUploads": {"ListMultipartUploads", opened(func(f *fixture, ctx context.Context, _ string) error {
			_, err := f.ListUploads(ctx, "", "")
			return err
		}), never},
		"Parts": {"ListParts", opened(func(f *fixture, ctx context.Context, id string) error {
			_, err := f.Parts(ctx, staging, id)
			return err
		}), never},
		"AbortMultipart":    {"AbortMultipartUpload", opened(func(f *fixture, ctx context.Context, id string) error { return f.AbortMultipart(ctx, staging, id) }), gone},
		"CreateMultipart":   {"CreateMultipartUpload", creates, never},
		"CompleteMultipart": {"CompleteMultipartUpload", completes, func(f *fixture) bool { return f.fake.Get(staging) != nil }},
		"Promote copies":    {"UploadPartCopy", promotes, there},
		"Promote publishes": {"CompleteMultipartUpload", promotes, there},
		"Setup": {"", func(t *testing.T, f *fixture) act {
			return func(ctx context.Context) error {
				_, err := f.bucket(t).Setup(ctx)
				return err
			}
		}, never},
		"Check": {"HeadBucket", reaches, headed},
	}
}

// headed returns true, since an answer to HeadBucket has nothing to judge.
func headed(*fixture) bool { return true }

// staged prepares a staged file of that size.
func staged(size int, do func(s storage.Staged, ctx context.Context) error) preparation {
	return func(t *testing.T, f *fixture) act {
		s := f.stage(t, "k", randomBytes(size))
		return func(ctx context.Context) error { return do(s, ctx) }
	}
}

func committed(do func(s storage.Staged, ctx context.Context) error) preparation {
	return func(t *testing.T, f *fixture) act {
		s := f.stage(t, "k", randomBytes(small))
		require.NoError(t, s.Commit(t.Context()))
		return func(ctx context.Context) error { return do(s, ctx) }
	}
}

func published(do func(f *fixture, ctx context.Context) error) preparation {
	return func(_ *testing.T, f *fixture) act {
		f.fake.Put("k", randomBytes(small))
		return func(ctx context.Context) error { return do(f, ctx) }
	}
}

func opened(do func(f *fixture, ctx context.Context, id string) error) preparation {
	return func(t *testing.T, f *fixture) act {
		id, err := f.CreateMultipart(t.Context(), direct(randomBytes(small)))
		require.NoError(t, err)
		return func(ctx context.Context) error { return do(f, ctx, id) }
	}
}

func stages(_ *testing.T, f *fixture) act {
	body := randomBytes(large)
	return func(ctx context.Context) error {
		_, err := f.Stage(ctx, object("k", huge), bytes.NewReader(body))
		return err
	}
}

func creates(_ *testing.T, f *fixture) act {
	return func(ctx context.Context) error {
		_, err := f.CreateMultipart(ctx, direct(randomBytes(small)))
		return err
	}
}

func completes(t *testing.T, f *fixture) act {
	body := randomBytes(small)
	id, err := f.CreateMultipart(t.Context(), direct(body))
	require.NoError(t, err)
	r, err := f.SignPart(t.Context(), direct(body), id, 1)
	require.NoError(t, err)
	require.Equal(t, 200, f.send(t, r, body))
	parts, err := f.Parts(t.Context(), staging, id)
	require.NoError(t, err)
	return func(ctx context.Context) error { return f.CompleteMultipart(ctx, staging, id, parts) }
}

func promotes(_ *testing.T, f *fixture) act {
	p := f.promotion(randomBytes(small))
	return func(ctx context.Context) error { return f.Promote(ctx, p) }
}

// reaches prepares a Check, whose first finding says whether the bucket can be reached.
func reaches(t *testing.T, f *fixture) act {
	return func(ctx context.Context) error {
		if found := f.bucket(t).Check(ctx).Findings[0]; found.State != s3bucket.StateOK {
			return fmt.Errorf("%s: %s", found.State, found.Explanation)
		}
		return nil
	}
}

func (f *fixture) bucket(t *testing.T) *s3bucket.Bucket {
	bucket, err := s3bucket.New(f.Store, s3bucket.Layout{})
	require.NoError(t, err)
	return bucket
}

func (f *fixture) delete(ctx context.Context) error { return f.Delete(ctx, "k") }

func (f *fixture) removeListed(ctx context.Context) error {
	o := f.fake.Get("k")
	if o == nil {
		return nil
	}
	return f.RemoveListed(ctx, storage.ListedObject{Key: "k", Size: int64(len(o.Body)), ETag: o.ETag(), Modified: o.Modified})
}
