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

// backend is a store for the files.
type backend interface {
	storage.Storage
	storage.ObjectReader
}

// newStore returns the named bucket or directory, otherwise memory. With -direct it returns an
// error if the bucket's server lacks what direct uploads need. With -s3-setup it also returns a
// function that allows pages of some origins to send to the bucket.
func newStore(ctx context.Context, cfg *config, log *slog.Logger) (store backend, setup func(context.Context, []string) error, err error) {
	if cfg.dir != "" {
		log.Info("storing in a directory", "dir", cfg.dir)
		store, err := diskstore.Open(cfg.dir)
		return store, nil, err
	}
	if cfg.bucket == "" {
		log.Info("storing in memory: everything is lost when the server stops")
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

// layout describes the keys of the files in the bucket, and the origins of pages that send them.
func (cfg *config) layout(origins []string) s3bucket.Layout {
	l := s3bucket.Layout{Origins: origins}
	if cfg.prefix != "" {
		l.KeyPrefixes = []string{cfg.prefix}
	}
	if cfg.direct || cfg.resumable {
		l.StagingPrefixes = []string{cfg.prefix}
	}
	return l
}

// url returns the URL of the bucket and its server for s3open.
func (cfg *config) url() string {
	u := url.URL{Scheme: "s3", Host: cfg.bucket}
	if cfg.endpoint != "" {
		u.RawQuery = url.Values{"endpoint": {cfg.endpoint}, "insecure": {"true"}}.Encode() // -s3-endpoint allows http
	}
	return u.String()
}
