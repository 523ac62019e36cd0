package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"

	"github.com/airlock-go/upload/examples/internal/memory"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// backend is where the files go.
type backend interface {
	storage.DirectStorage
	storage.LinkStorage
}

// newStore returns a bucket if one is named, else memory. With -s3-setup there
// is also what lets pages of some origins send to the bucket.
func newStore(ctx context.Context, cfg *config, log *slog.Logger) (store backend, setup func(context.Context, []string) error, err error) {
	if cfg.bucket == "" {
		log.Info("storing in memory: everything is gone when the server stops")
		return memory.New(&memstore.Store{MaxBytes: cfg.maxMemory}), nil, nil
	}
	client, err := newClient(ctx, cfg, log)
	if err != nil {
		return nil, nil, err
	}
	log.Info("storing in S3", "bucket", cfg.bucket, "endpoint", cfg.endpoint, "prefix", cfg.prefix)
	bucket, err := s3store.New(client, cfg.bucket, &s3store.Options{MaxMemory: cfg.maxMemory, Profile: cfg.profile, Logger: log})
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

func newClient(ctx context.Context, cfg *config, log *slog.Logger) (*s3.Client, error) {
	aconf, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithLogger(sdkLogger(log)))
	if err != nil {
		return nil, fmt.Errorf("AWS configuration: %w", err)
	}
	if aconf.Region == "" {
		if cfg.endpoint == "" {
			return nil, errors.New("no AWS region: set AWS_REGION")
		}
		aconf.Region = "us-east-1" // other S3 servers rarely have regions, but signatures name one
	}
	return s3.NewFromConfig(aconf, func(o *s3.Options) {
		if cfg.endpoint != "" {
			o.BaseEndpoint = aws.String(cfg.endpoint)
			o.UsePathStyle = true
		}
	}), nil
}

// sdkLogger writes what the SDK has to say, which is little, to log.
func sdkLogger(log *slog.Logger) logging.Logger {
	return logging.LoggerFunc(func(level logging.Classification, format string, args ...any) {
		l := slog.LevelDebug
		if level == logging.Warn {
			l = slog.LevelWarn
		}
		log.Log(context.Background(), l, fmt.Sprintf(format, args...), "from", "aws")
	})
}
