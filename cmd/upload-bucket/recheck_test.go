package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/uploadtest"
)

// newPublished returns a bucket with a staged file and with published files. Some of these are not
// whole pictures.
func newPublished(t *testing.T) *sweptBucket {
	t.Helper()
	b := newBucket(t)
	picture := uploadtest.PNG(2000).Bytes()
	b.Put("p/a.png", picture)
	b.Put("p/b.png", []byte("<!doctype html>"))
	b.Put("p/c", picture)
	b.Get("p/c").Header.Set("Content-Disposition", `attachment; filename="c.png"`)
	b.Put("p/d.png", picture[:1000])
	b.Put("p/e.png", nil)
	b.Put("p/f.png", uploadtest.PNG(5001).Bytes())
	b.Put("p/\x1b[2J.png", []byte("<html>"))
	b.Put("p/upload-staging/1", []byte("<html>"))
	b.Put("q/1", []byte("<html>"))
	return b
}

func (b *sweptBucket) recheck(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	args = append([]string{"recheck", "-s3-bucket", "pictures", "-s3-endpoint", b.url}, args...)
	status = run(ctx, args, &out, &errs)
	return status, out.String(), errs.String()
}

func TestRecheck(t *testing.T) {
	b := newPublished(t)
	keys := b.Keys()
	status, stdout, stderr := b.recheck(t.Context(), "-s3-prefix", "p", "-accept", "images", "-max-file-size", "5000", "-json")
	require.Equal(t, 1, status, stderr)
	var found []recheckFinding
	for line := range strings.Lines(stdout) {
		var f recheckFinding
		require.NoError(t, json.Unmarshal([]byte(line), &f))
		require.NotEmpty(t, f.Reason)
		found = append(found, recheckFinding{Outcome: f.Outcome, Key: f.Key, Code: f.Code})
	}
	require.Equal(t, []recheckFinding{
		{Outcome: "refused", Key: "p/\x1b[2J.png", Code: string(upload.CodeBadName)},
		{Outcome: "refused", Key: "p/b.png", Code: string(upload.CodeTypeNotAllowed)},
		{Outcome: "refused", Key: "p/d.png", Code: string(upload.CodeTruncated)},
		{Outcome: "refused", Key: "p/e.png", Code: string(upload.CodeEmpty)},
		{Outcome: "refused", Key: "p/f.png", Code: string(upload.CodeTooLarge)},
	}, found)
	require.Contains(t, stderr, "7 judged, 5 of them would be refused, 0 could not be judged; nothing was changed\n")
	require.Equal(t, keys, b.Keys())
	reads := b.Calls("ListObjectsV2") + b.Calls("HeadObject") + b.Calls("GetObject")
	require.Equal(t, b.Calls(""), reads, "it only reads")

	status, stdout, _ = b.recheck(t.Context(), "-s3-prefix", "p", "-accept", "images", "-max-file-size", "5000")
	require.Equal(t, 1, status)
	require.Contains(t, stdout, `refused  "p/\x1b[2J.png" bad_name: "`)
}

func TestRecheckAccepts(t *testing.T) {
	b := newBucket(t)
	for name, content := range map[string][]byte{
		"a.png": uploadtest.PNG(2000).Bytes(), "b.txt": []byte("hello"), "c.json": []byte("{}"),
	} {
		b.Put(name, content)
	}
	status, stdout, stderr := b.recheck(t.Context(), "-accept", "images,documents", "-accept", "application/json")
	require.Zero(t, status, stderr)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "3 judged, 0 of them")
}

// TestRecheckGoesOn checks that a run begins after a key, and that one that stops prints the key
// after which to go on.
func TestRecheckGoesOn(t *testing.T) {
	b := newPublished(t)
	status, _, stderr := b.recheck(t.Context(), "-s3-prefix", "p", "-accept", "images", "-after", "p/e.png")
	require.Zero(t, status, stderr)
	require.Contains(t, stderr, "1 judged")

	b.Inject("GetObject", -1, s3fake.Answer(http.StatusForbidden, "AccessDenied"))
	for i := range 20 {
		b.Put(fmt.Sprintf("p/a%02d.png", i), uploadtest.PNG(2000).Bytes())
	}
	status, stdout, stderr := b.recheck(t.Context(), "-s3-prefix", "p", "-accept", "images", "-after", "p/a")
	require.Equal(t, 2, status)
	require.Equal(t, maxUnjudged, strings.Count(stdout, "unjudged "))
	require.Contains(t, stderr, `stopped; -after "p/a" goes on: more than 10 objects in a row could not be judged`)
	require.Contains(t, stderr, "AccessDenied")
}

// TestRecheckCannotJudge checks that an object that could not be read is not reported as good.
func TestRecheckCannotJudge(t *testing.T) {
	for about, fault := range map[string]s3fake.Fault{
		"denied": s3fake.Answer(http.StatusForbidden, "AccessDenied"),
		"cut": func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			serve(halfAnswer{w}, r)
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(about, func(t *testing.T) {
			b := newBucket(t)
			b.Put("a.png", uploadtest.PNG(100_000).Bytes())
			b.Inject("GetObject", -1, fault)
			status, stdout, stderr := b.recheck(t.Context(), "-accept", "images")
			require.Equal(t, 1, status, stderr)
			require.Contains(t, stdout, `unjudged "a.png" (`)
			require.Contains(t, stderr, "0 judged, 0 of them would be refused, 1 could not be judged")
		})
	}
}

// halfAnswer is an answer that ends before its Content-Length.
type halfAnswer struct{ http.ResponseWriter }

func (h halfAnswer) Write(p []byte) (int, error) {
	_, err := h.ResponseWriter.Write(p[:len(p)/2])
	return len(p), err
}

// TestRecheckSlowBucket checks that an object that could not be read in time is not called refused.
func TestRecheckSlowBucket(t *testing.T) {
	b := newBucket(t)
	b.Put("a.png", uploadtest.PNG(200_000).Bytes())
	b.Inject("GetObject", -1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		serve(&firstBytes{ResponseWriter: w, left: 100_000, gone: r.Context().Done()}, r)
	})
	var out, errs bytes.Buffer
	e := &env{bucket: "pictures", endpoint: b.url, stdout: &out, stderr: &errs}
	require.NoError(t, e.open(t.Context()))
	c := &rechecking{accept: []string{"images"}, maxSize: 5 << 20, objectTime: 300 * time.Millisecond}
	status, err := c.run(t.Context(), e)
	require.NoError(t, err)
	require.Equal(t, 1, status)
	require.Contains(t, out.String(), `unjudged "a.png" ("it was not read within 300ms`)
	require.Contains(t, errs.String(), "0 judged, 0 of them would be refused, 1 could not be judged")
}

// firstBytes sends the first bytes of an answer, and then nothing until the client has gone.
type firstBytes struct {
	http.ResponseWriter
	left int
	gone <-chan struct{}
}

func (w *firstBytes) Write(p []byte) (int, error) {
	if len(p) > w.left {
		n, _ := w.ResponseWriter.Write(p[:w.left])
		w.left = 0
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		<-w.gone
		return n, io.ErrClosedPipe
	}
	w.left -= len(p)
	return w.ResponseWriter.Write(p)
}

// TestRecheckRemovedMeanwhile checks that an object that was removed after the listing is skipped.
func TestRecheckRemovedMeanwhile(t *testing.T) {
	b := newBucket(t)
	b.Put("a.png", uploadtest.PNG(2000).Bytes())
	b.Inject("HeadObject", -1, s3fake.Answer(http.StatusNotFound, "NoSuchKey"))
	status, stdout, stderr := b.recheck(t.Context(), "-accept", "images")
	require.Zero(t, status, stderr)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "0 judged")
}

func TestRecheckInterrupted(t *testing.T) {
	b := newPublished(t)
	ctx, cancel := context.WithCancel(t.Context())
	b.Inject("GetObject", 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		cancel()
		serve(w, r)
	})
	status, stdout, stderr := b.recheck(ctx, "-s3-prefix", "p", "-accept", "images", "-after", "p/c")
	require.Equal(t, 2, status)
	require.Empty(t, stdout, "a file that was not read whole was not judged")
	require.Contains(t, stderr, `stopped; -after "p/c" goes on: context canceled`)
}

func TestBadRechecks(t *testing.T) {
	b := newPublished(t)
	for _, tc := range []struct{ args, says string }{
		{"", "-accept is missing"},
		{"-accept pictures", `-accept: "pictures" is none of`},
		{"-accept image/unknown", "-accept: "},
		{"-accept images -key-prefix p/", "-key-prefix does not limit"},
		{"-accept images -max-file-size 0", "-max-file-size must be more than 0"},
		{"-accept images extra", `unexpected argument "extra"`},
	} {
		t.Run(tc.args, func(t *testing.T) {
			status, stdout, stderr := b.recheck(t.Context(), strings.Fields(tc.args)...)
			require.Equal(t, 2, status)
			require.Contains(t, stderr, tc.says)
			require.Empty(t, stdout)
		})
	}
	require.Zero(t, b.Calls(""))
}
