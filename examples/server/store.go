package main

import (
	"context"
	"log/slog"
	"net/url"

	"github.com/airlock-go/upload/diskstore"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3open"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// backend is where the files go.
type backend interface {
	storage.Storage
	storage.ObjectReader
}

// newStore returns the bucket or the directory that is named, else memory. With -s3-setup there
// is also what lets pages of some origins send to the bucket.
func newStore(ctx context.Context, cfg *config, log *slog.Logger) (store backend, setup func(context.Context, []string) error, err error) {
	if cfg.dir != "" {
		log.Info("storing in a directory", "dir", cfg.dir)
		store, err := diskstore.Open(cfg.dir)
		return store, nil, err
	}
	if cfg.bucket == "" {
		log.Info("storing in memory: everything is gone when the server stops")
		return &memstore.Store{MaxBytes: cfg.maxMemory}, nil, nil
	}
	log.Info("storing in S3", "bucket", cfg.bucket, "endpoint", cfg.endpoint, "prefix", cfg.prefix)
	bucket, err := s3open.Open(ctx, cfg.url(), &s3store.Options{MaxMemory: cfg.maxMemory, Profile: cfg.profile, Logger: log})
	if err != nil {
		return nil, nil, err
	}
	if cfg.setup {
		setup = func(ctx context.Context, origins []string) error {
			return letIn(ctx, bucket, cfg.layout(origins), log)
		}
	}
	if cfg.direct {
		err = verify(ctx, bucket, cfg.layout(nil), log)
	}
	return bucket, setup, err
}

// layout is where the files lie in the bucket, and from where pages send them.
func (cfg *config) layout(origins []string) s3bucket.Layout {
	l := s3bucket.Layout{Origins: origins}
	if cfg.prefix != "" {
		l.KeyPrefixes = []string{cfg.prefix}
	}
	if cfg.direct {
		l.StagingPrefixes = []string{cfg.prefix}
	}
	return l
}

// url names the bucket and its server as s3open wants them.
func (cfg *config) url() string {
	u := url.URL{Scheme: "s3", Host: cfg.bucket}
	if cfg.endpoint != "" {
		u.RawQuery = url.Values{"endpoint": {cfg.endpoint}, "insecure": {"true"}}.Encode() // as the flag says
	}
	return u.String()
}
