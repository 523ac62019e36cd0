package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

func kindOf(f sweep.Finding) string {
	switch {
	case f.UploadID != "":
		return "unfinished uploads"
	case strings.Contains(f.Key, storage.StagingSegment+"/"):
		return "staged objects"
	}
	return "published objects"
}

func (w *world) acknowledged(key, digest string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acked[key] = acked{digest, time.Now()}
}

// lifetime is how long the application keeps a file.
const lifetime = time.Minute

// forget checks acknowledged files whose lifetime has passed, and has the application forget them.
func (w *world) forget(ctx context.Context) {
	for sleep(ctx, 5*time.Second) {
		w.retire(context.WithoutCancel(ctx), lifetime)
	}
}

// retire checks the acknowledged files that are older than a duration, and has the application
// forget them.
func (w *world) retire(ctx context.Context, older time.Duration) {
	var keys []string
	digests := map[string]string{}
	w.mu.Lock()
	for key, a := range w.acked {
		if time.Since(a.at) > older {
			keys = append(keys, key)
			digests[key] = a.sha256
			delete(w.acked, key)
		}
	}
	w.mu.Unlock()
	for _, key := range keys {
		if err := w.intact(ctx, key, digests[key]); err != nil {
			w.violation("the acknowledged file %s: %v", key, err)
		}
	}
	if len(keys) == 0 {
		return
	}
	if err := w.ask(ctx, "/forget", keys, nil); err != nil {
		w.violation("the application does not answer: %v", err)
	}
}

// intact reads an object without the faulty proxy, and returns an error if its digest differs.
func (w *world) intact(ctx context.Context, key, digest string) error {
	out, err := w.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: &key})
	if err != nil {
		return err
	}
	defer func() { _ = out.Body.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, out.Body); err != nil {
		return err
	}
	w.mu.Lock()
	w.checked++
	w.mu.Unlock()
	if got := hex.EncodeToString(h.Sum(nil)); got != digest {
		return fmt.Errorf("its SHA-256 is %s, not %s", got, digest)
	}
	return nil
}

// watch samples the server, and checks the bucket.
func (w *world) watch(ctx context.Context, length time.Duration) {
	begin, step := time.Now(), max(length/15, 20*time.Second)
	suspects := map[string]time.Time{}
	for sleep(ctx, step) {
		if err := w.sample(time.Since(begin).Round(time.Second).String()); err != nil {
			w.violation("the server does not answer: %v", err)
		}
		if err := w.leftovers(context.WithoutCancel(ctx), suspects, patience); err != nil {
			w.violation("the bucket cannot be listed: %v", err)
		}
	}
}

// lastLook checks the bucket after all clients have ended. All acknowledged files must be there.
// Once the application has forgotten them, the sweeper must empty the bucket.
func (w *world) lastLook(ctx context.Context) error {
	time.Sleep(grace)
	w.retire(ctx, 0)
	time.Sleep(slack)
	return w.leftovers(ctx, map[string]time.Time{}, -1)
}

// leftovers reports what the sweeper should have removed: nothing refers to it, it is older than
// the grace, and it has been a suspect for longer than patience.
func (w *world) leftovers(ctx context.Context, suspects map[string]time.Time, patience time.Duration) error {
	found, err := w.listed(ctx)
	if err != nil {
		return err
	}
	var files map[string]bool
	if err := w.ask(ctx, "/files", nil, &files); err != nil {
		return err
	}
	for name, written := range found {
		if files[name] || time.Since(written) < grace {
			delete(suspects, name)
			continue
		}
		if _, known := suspects[name]; !known {
			suspects[name] = time.Now()
		}
		if since := suspects[name]; time.Since(since) > patience {
			w.violation("%s, written at %s, was left", name, written.Format(time.TimeOnly))
			suspects[name] = time.Now().Add(time.Hour) // once is enough
		}
	}
	for name := range suspects {
		if _, there := found[name]; !there {
			delete(suspects, name)
		}
	}
	return nil
}

// listed returns when the objects of the bucket were written, by key. It adds the first page of
// unfinished uploads, by key and id.
func (w *world) listed(ctx context.Context) (map[string]time.Time, error) {
	found := map[string]time.Time{}
	pages := s3.NewListObjectsV2Paginator(w.s3, &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			found[aws.ToString(o.Key)] = aws.ToTime(o.LastModified)
		}
	}
	out, err := w.s3.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: aws.String(bucket)})
	if err != nil {
		return nil, err
	}
	for _, u := range out.Uploads {
		found[aws.ToString(u.Key)+" "+aws.ToString(u.UploadId)] = aws.ToTime(u.Initiated)
	}
	return found, nil
}
