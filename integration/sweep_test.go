package integration_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/storetest"
	"github.com/airlock-go/upload/sweep"
)

// listsUploads reports whether the server lists open multipart uploads under a prefix. MinIO lists
// only those of whole keys, or all.
func listsUploads() bool { return s3test.Get().Software != s3test.MinIO }

func TestListerConformance(t *testing.T) {
	t.Parallel()
	var except []string
	if !listsUploads() {
		except = append(except, "unfinished uploads")
	}
	for name, versioned := range map[string]bool{"plain bucket": false, "versioned bucket": true} {
		t.Run(name, func(t *testing.T) {
			storetest.RunLister(t, func(t *testing.T) storage.Lister {
				st := newStage(t, versioned, s3store.Options{})
				if versioned || !fullPages {
					st.store = smallPages(t, st.bucket, s3test.Get().Profile())
				}
				return audited{st.store, st.bucket, t}
			}, except...)
		})
	}
}

// page is how many objects or parts a page of smallPages has at most.
const page = 50

// smallPages returns a store that asks for small pages, so that few objects and parts fill them.
func smallPages(t testing.TB, b *s3test.Bucket, profile s3store.Profile) *s3store.Store {
	t.Helper()
	c, closeIdle := s3test.Get().Client(s3test.Get().Endpoint)
	t.Cleanup(closeIdle)
	ask := middleware.InitializeMiddlewareFunc("small pages", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		switch list := in.Parameters.(type) {
		case *s3.ListObjectsV2Input:
			list.MaxKeys = aws.Int32(page)
		case *s3.ListPartsInput:
			list.MaxParts = aws.Int32(page)
		}
		return next.HandleInitialize(ctx, in)
	})
	add := func(stack *middleware.Stack) error { return stack.Initialize.Add(ask, middleware.Before) }
	c = s3.New(c.Options(), func(o *s3.Options) { o.APIOptions = append(o.APIOptions, add) })
	store, err := s3store.New(c, b.Name, &s3store.Options{Logger: slog.New(slog.DiscardHandler), Profile: profile})
	require.NoError(t, err)
	return store
}

// aged reports everything as nine days older than it is, except for keys with "young".
type aged struct{ *s3store.Store }

func age(key string) time.Duration {
	if strings.Contains(key, "young") {
		return 0
	}
	return 9 * 24 * time.Hour
}

func (s aged) ListObjects(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedObject], error) {
	page, err := s.Store.ListObjects(ctx, prefix, after)
	for i, o := range page.Items {
		page.Items[i].Modified = o.Modified.Add(-age(o.Key))
	}
	return page, err
}

func (s aged) ListUploads(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedUpload], error) {
	page, err := s.Store.ListUploads(ctx, prefix, after)
	for i, u := range page.Items {
		page.Items[i].Initiated = u.Initiated.Add(-age(u.Key))
	}
	return page, err
}

func (s aged) RemoveListed(ctx context.Context, o storage.ListedObject) error {
	o.Modified = o.Modified.Add(age(o.Key))
	return s.Store.RemoveListed(ctx, o)
}

// fullPages reports whether the server decides how many objects and parts a page has, 1,000.
// Continuous integration fills such pages. A usual run asks for small ones.
var fullPages = rounds.Of(1, 2) > 1

// published has the number of numbered objects that sweepable makes, by whether the bucket is
// versioned. It is more than a page, and without versions more than the 500 that a run measures at
// once.
var published = map[bool]int{false: rounds.Of(660, 2400), true: rounds.Of(66, 2400)}

// opened is the number of numbered uploads that sweepable opens: in continuous integration more
// than a page.
var opened = rounds.Of(20, 1100)

// sweepable fills a bucket: published objects, every third of which is referred to, objects under
// staging keys, and open uploads where the server lists them.
func sweepable(t *testing.T, st *stage, versioned bool) (referenced map[string]bool) {
	referenced = map[string]bool{}
	publish := func(key string) {
		staged, err := st.store.Stage(t.Context(), storage.Object{Key: key, Type: "text/plain", MaxSize: 10}, strings.NewReader("0123456789"))
		require.NoError(t, err)
		require.NoError(t, staged.Commit(t.Context()))
	}
	for i := range published[versioned] {
		key := fmt.Sprintf("p/%d/%04d ü+%%.txt", i%5, i)
		publish(key)
		if i%3 == 0 {
			referenced[key] = true
		}
	}
	for _, key := range []string{"p/young", "q/1", "p2"} {
		publish(key)
	}
	for _, key := range []string{"p/upload-staging/1", "p/upload-staging/2", "p/upload-staging/young"} {
		st.bucket.Put(t.Context(), t, key, []byte("staged"))
	}
	if versioned { // a form that was sent again, and an overwritten orphan
		st.bucket.Put(t.Context(), t, "p/upload-staging/1", []byte("again"))
		st.bucket.Put(t.Context(), t, "p/0/0010 ü+%.txt", []byte("over it"))
	}
	if !listsUploads() {
		return referenced
	}
	open := func(key string) {
		_, err := st.store.CreateMultipart(t.Context(), storage.DirectObject{Key: key, Type: "text/plain"})
		require.NoError(t, err)
	}
	for i := range opened {
		open(fmt.Sprintf("p/upload-staging/%d", i/2))
	}
	for _, key := range []string{"p/upload-staging/young", "q/upload-staging/1"} {
		open(key)
	}
	return referenced
}

// TestSweep sweeps plain and versioned buckets. After a dry run it cancels a run in the middle, and
// continues from the last cursor.
func TestSweep(t *testing.T) {
	t.Parallel()
	for name, versioned := range map[string]bool{"plain bucket": false, "versioned bucket": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := newStage(t, versioned, s3store.Options{})
			if !fullPages {
				st.store = smallPages(t, st.bucket, s3test.Get().Profile())
			}
			referenced, published := sweepable(t, st, versioned), published[versioned]
			ask := func(_ context.Context, keys []string) (known []string, _ error) {
				for _, key := range keys {
					if referenced[key] {
						known = append(known, key)
					}
				}
				return known, nil
			}
			opts := sweep.Options{Prefix: "p/", Rate: 100_000, MaxShare: 0.7, Logger: slog.New(slog.DiscardHandler)}
			run := func(ctx context.Context, cursor string) (sweep.Report, error) {
				sweeper, err := sweep.New(aged{st.store}, ask, &opts)
				require.NoError(t, err)
				return sweeper.Run(ctx, cursor)
			}

			old, young := opened, 1 // uploads
			if !listsUploads() {
				old, young = 0, 0
			}
			dry, err := run(t.Context(), "")
			require.NoError(t, err)
			require.Equal(t, published+4+old+young, dry.Seen)
			require.Equal(t, 2+young, dry.Young)
			require.Equal(t, published/3, dry.Kept)
			require.Equal(t, published/3*2+2+old, dry.Orphaned)

			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			opts.Remove = true
			removed := 0
			opts.Found = func(context.Context, sweep.Finding) {
				if removed++; removed == published*3/5 {
					cancel()
				}
			}
			first, err := run(ctx, "")
			require.ErrorIs(t, err, context.Canceled)
			second, err := run(t.Context(), first.Cursor)
			require.NoError(t, err)
			require.Zero(t, second.Failed+second.Changed)
			require.Equal(t, dry.Orphaned, first.Removed+second.Removed)
			if published > 500 { // so many are measured at once
				require.Less(t, second.Seen, dry.Seen-first.Removed, "it started over")
			}
			requireSwept(t, st, referenced)
		})
	}
}

// requireSwept checks that what is referred to, young or outside the prefix is left, each object in
// one version, and nothing else.
func requireSwept(t *testing.T, st *stage, referenced map[string]bool) {
	t.Helper()
	left := map[string]int{}
	for _, v := range st.bucket.Versions(t.Context(), t) {
		left[v.Key]++
	}
	for key := range referenced {
		require.Equal(t, 1, left[key], key)
	}
	for _, key := range []string{"p/young", "p/upload-staging/young", "q/1", "p2"} {
		require.Equal(t, 1, left[key], key)
	}
	require.Len(t, left, len(referenced)+4)
	var open []string
	for _, u := range st.bucket.Uploads(t.Context(), t) {
		open = append(open, *u.Key)
	}
	kept := []string{"p/upload-staging/young", "q/upload-staging/1"}
	if !listsUploads() {
		kept = nil // none was opened
	}
	require.ElementsMatch(t, kept, open)
}
