package rights_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// tag does what GuardDuty does to a clean object.
func (w *world) tag(key string) error {
	_, err := w.bucket.Client.PutObjectTagging(w.ctx, &s3.PutObjectTaggingInput{Bucket: &w.bucket.Name, Key: &key, Tagging: &types.Tagging{
		TagSet: []types.Tag{{Key: aws.String("GuardDutyMalwareScanStatus"), Value: aws.String("NO_THREATS_FOUND")}},
	}})
	return err
}

// link fetches a file by a link.
func (w *world) link(scanned bool) error {
	w.bucket.Put(w.ctx, w.t, "files/a", text(10))
	if err := w.tag("files/a"); err != nil {
		return err
	}
	links, err := upload.NewLinks(w.store, &upload.LinksOptions{RequireScan: scanned, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	url, err := links.URL(w.ctx, upload.Link{Key: "files/a"})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(w.ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	status, _, err := exchange(r)
	return wants(200, status, err)
}

var delivery = map[string]path{
	"ping":                   ping,
	"link":                   func(w *world) error { return w.link(false) },
	"link to a scanned file": func(w *world) error { return w.link(true) },
	"staged film":            stagedFilm,
	"link to nothing": func(w *world) error {
		links, err := upload.NewLinks(w.store, &upload.LinksOptions{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		if _, err := links.URL(w.ctx, upload.Link{Key: "files/none"}); !errors.Is(err, upload.CodeNotFound) {
			return fmt.Errorf("a file that does not exist: %w", err)
		}
		return nil
	},
}

// aged reports everything as nine days older than it is.
type aged struct{ *s3store.Store }

const nineDays = 9 * 24 * time.Hour

func (s aged) ListObjects(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedObject], error) {
	page, err := s.Store.ListObjects(ctx, prefix, after)
	for i := range page.Items {
		page.Items[i].Modified = page.Items[i].Modified.Add(-nineDays)
	}
	return page, err
}

func (s aged) ListUploads(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedUpload], error) {
	page, err := s.Store.ListUploads(ctx, prefix, after)
	for i := range page.Items {
		page.Items[i].Initiated = page.Items[i].Initiated.Add(-nineDays)
	}
	return page, err
}

func (s aged) RemoveListed(ctx context.Context, o storage.ListedObject) error {
	o.Modified = o.Modified.Add(nineDays)
	return s.Store.RemoveListed(ctx, o)
}

// sweep removes everything under prefix that is not files/kept.
func (w *world) sweep(prefix string) error {
	s, err := sweep.New(aged{w.store}, func(_ context.Context, keys []string) (kept []string, err error) {
		for _, key := range keys {
			if key == "files/kept" {
				kept = append(kept, key)
			}
		}
		return kept, nil
	}, &sweep.Options{Prefix: prefix, MaxShare: 0.5, Remove: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = s.Run(w.ctx, "")
	return err
}

var sweeper = map[string]path{
	"ping": ping,
	"orphan": func(w *world) error {
		w.bucket.Put(w.ctx, w.t, "files/orphan", text(10))
		w.bucket.Put(w.ctx, w.t, "files/orphan", text(20))
		w.bucket.Put(w.ctx, w.t, "files/kept", text(10))
		return errors.Join(w.sweep("files/"), w.nothing("files/orphan"))
	},
	"staged file": func(w *world) error {
		w.bucket.Put(w.ctx, w.t, "upload-staging/a", text(10))
		return errors.Join(w.sweep("upload-staging/"), w.nothing("upload-staging/"))
	},
	"unfinished upload": func(w *world) error {
		key := "files/open"
		if _, err := w.bucket.Client.CreateMultipartUpload(w.ctx, &s3.CreateMultipartUploadInput{Bucket: &w.bucket.Name, Key: &key}); err != nil {
			return err
		}
		return errors.Join(w.sweep("files/"), w.nothing("files/"))
	},
}

// check returns what Check finds. It runs Check once in a world.
func (w *world) check() []s3bucket.Finding {
	if w.findings == nil {
		w.findings = w.care.Check(w.ctx).Findings
	}
	return w.findings
}

// finds returns a path on which Check finds that state for a topic, and leaves nothing.
func finds(topic s3bucket.Topic, state s3bucket.State) path {
	return func(w *world) error {
		for _, f := range w.check() {
			switch {
			case f.Topic == topic && f.State != state:
				return fmt.Errorf("%s: %s, %s", topic, f.State, f.Explanation)
			case f.Topic == topic:
				return w.nothing("")
			}
		}
		return fmt.Errorf("%s: no finding", topic)
	}
}

var checker = map[string]path{
	"ping":           ping,
	"reach":          finds(s3bucket.TopicReachable, s3bucket.StateOK),
	"write":          finds(s3bucket.TopicWrite, s3bucket.StateOK),
	"read":           finds(s3bucket.TopicRead, s3bucket.StateOK),
	"multipart":      finds(s3bucket.TopicMultipart, s3bucket.StateOK),
	"delete":         finds(s3bucket.TopicDelete, s3bucket.StateOK),
	"conditional":    finds(s3bucket.TopicConditional, s3bucket.StateOK),
	"copies":         finds(s3bucket.TopicCopies, s3bucket.StateOK),
	"signed PUTs":    finds(s3bucket.TopicSignedPuts, s3bucket.StateOK),
	"signed parts":   finds(s3bucket.TopicSignedParts, s3bucket.StateOK),
	"profile":        finds(s3bucket.TopicProfile, s3bucket.StateOK),
	"forms":          finds(s3bucket.TopicForms, s3bucket.StateOK),
	"anonymous":      finds(s3bucket.TopicAnonymous, s3bucket.StateOK),
	"public policy":  finds(s3bucket.TopicPublic, s3bucket.StateOK),
	"ACLs":           finds(s3bucket.TopicACLs, s3bucket.StateOK),
	"versioning":     finds(s3bucket.TopicVersioning, s3bucket.StateOK),
	"CORS":           finds(s3bucket.TopicCORS, s3bucket.StateWrong), // the bucket has no rule
	"no more rights": finds(s3bucket.TopicRights, s3bucket.StateOK),
}

var setter = map[string]path{
	"CORS rule": func(w *world) error {
		_, err := w.care.Setup(w.ctx)
		out, none := w.bucket.Client.GetBucketCors(w.ctx, &s3.GetBucketCorsInput{Bucket: &w.bucket.Name})
		if none != nil {
			return errors.Join(none, err)
		}
		if len(out.CORSRules) != 1 {
			return fmt.Errorf("%d rules", len(out.CORSRules))
		}
		return nil
	},
}
