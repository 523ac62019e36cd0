package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3open"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// env is what every command works with. Its flags that the example server also
// has mean the same there, so that the same words describe the same bucket.
type env struct {
	bucket   string
	region   string
	endpoint string
	prefix   string // "", or ends in a slash
	direct   bool
	json     bool
	options  s3store.Options
	layout   s3bucket.Layout
	lacks    []string // further words of options.Profile

	args   []string // the arguments after the flags
	store  *s3store.Store
	care   *s3bucket.Bucket // the bucket of the store
	stdout io.Writer
	stderr io.Writer
}

var profiles = map[string]s3store.Profile{"aws": {}, "minio": s3store.MinIO(), "r2": s3store.R2()}

func (e *env) flags(fs *flag.FlagSet) {
	fs.StringVar(&e.bucket, "s3-bucket", "", "the `bucket`")
	fs.StringVar(&e.region, "s3-region", "", "its `region`; default: that of the AWS configuration")
	fs.StringVar(&e.endpoint, "s3-endpoint", "", "`URL` of an S3 server other than AWS, addressed by path")
	fs.Func("s3-profile", "what the S3 `server` can do: aws (default), minio or r2", func(name string) error {
		profile, ok := profiles[name]
		e.options.Profile = profile
		if !ok {
			return errors.New("not one of aws, minio and r2")
		}
		return nil
	})
	fs.Func("s3-lacks", "what the S3 server also lacks, separated by commas: "+strings.Join(s3store.Lackable(), ", "), func(words string) error {
		e.lacks = append(e.lacks, strings.Split(words, ",")...)
		return new(s3store.Profile).Lack(e.lacks...)
	})
	fs.StringVar(&e.prefix, "s3-prefix", "", "the prefix of all keys of the application, staged ones included")
	fs.BoolVar(&e.json, "json", false, "answer in JSON")
	e.layoutFlags(fs)
}

// layoutFlags adds the flags that describe the layout of the application, and its tags.
func (e *env) layoutFlags(fs *flag.FlagSet) {
	l := &e.layout
	fs.Func("key-prefix", "`prefix` of published keys, such as avatars/, if it is longer than -s3-prefix; may be repeated", func(prefix string) error {
		l.KeyPrefixes = append(l.KeyPrefixes, prefix)
		return nil
	})
	fs.BoolVar(&e.direct, "direct", false, "clients also send files to the bucket directly, or resume uploads")
	fs.DurationVar(&l.TicketExpires, "ticket-expires", 0, "the longest of TicketExpires and of Expires of resumable uploads (default 24h)")
	fs.Func("origin", "`origin` of pages that send files to the bucket; may be repeated", func(origin string) error {
		l.Origins = append(l.Origins, origin)
		return nil
	})
	fs.Func("tag", "`key=value` of s3store.Options.Tags; may be repeated", func(tag string) error {
		key, value, ok := strings.Cut(tag, "=")
		if !ok || key == "" {
			return errors.New("not of the form key=value")
		}
		if e.options.Tags == nil {
			e.options.Tags = map[string]string{}
		}
		e.options.Tags[key] = value
		return nil
	})
	fs.BoolVar(&l.Versioned, "versioned", false, "the bucket keeps versions")
	fs.StringVar(&l.Scanner, "scanner", "", "`ARN` of the role with which GuardDuty scans the bucket")
	fs.Func("scan-exempt", "`ARN` of a role that may read files that are not scanned; may be repeated", func(arn string) error {
		l.ScanExempt = append(l.ScanExempt, arn)
		return nil
	})
}

// open makes the client and the store that the flags describe. It makes no call
// to S3.
func (e *env) open(ctx context.Context) error {
	if err := e.complete(); err != nil {
		return err
	}
	var err error
	e.options.Logger = slog.New(slog.NewTextHandler(e.stderr, nil))
	if e.store, err = s3open.Open(ctx, e.url(), &e.options); err != nil {
		return err
	}
	e.care, err = s3bucket.New(e.store, e.layout)
	return err
}

// url returns the bucket and its server as a URL of s3open.
func (e *env) url() string {
	query := url.Values{}
	if e.region != "" {
		query.Set("region", e.region)
	}
	if e.endpoint != "" {
		query.Set("endpoint", e.endpoint)
		query.Set("insecure", "true") // the flag may name http
	}
	return (&url.URL{Scheme: "s3", Host: e.bucket, RawQuery: query.Encode()}).String()
}

func (e *env) complete() error {
	if e.bucket == "" {
		return errors.New("-s3-bucket is missing")
	}
	if err := e.options.Profile.Lack(e.lacks...); err != nil {
		return fmt.Errorf("-s3-lacks: %w", err)
	}
	if e.endpoint != "" {
		u, err := url.Parse(e.endpoint)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("-s3-endpoint: %q is not an http or https URL", e.endpoint)
		}
	}
	if e.prefix != "" {
		e.prefix = strings.TrimSuffix(e.prefix, "/")
		if err := storage.ValidKey(e.prefix); err != nil {
			return fmt.Errorf("-s3-prefix: %w", err)
		}
		e.prefix += "/"
	}
	if err := e.completeKeys(); err != nil {
		return err
	}
	if e.direct {
		e.layout.StagingPrefixes = []string{e.prefix}
	}
	return nil
}

// completeKeys makes the prefix of all keys that of the published ones, unless they have prefixes
// of their own. Those must begin with it.
func (e *env) completeKeys() error {
	keys := &e.layout.KeyPrefixes
	if len(*keys) == 0 && e.prefix != "" {
		*keys = []string{e.prefix}
	}
	for _, prefix := range *keys {
		if !strings.HasPrefix(prefix, e.prefix) {
			return fmt.Errorf("-key-prefix: %q does not begin with -s3-prefix, %q", prefix, e.prefix)
		}
	}
	return nil
}

// noKeyPrefix refuses -key-prefix, for commands that go through all keys of -s3-prefix.
func (e *env) noKeyPrefix() error {
	if slices.ContainsFunc(e.layout.KeyPrefixes, func(prefix string) bool { return prefix != e.prefix }) {
		return errors.New("-key-prefix does not limit this command, but -s3-prefix does")
	}
	return nil
}

// noArgs refuses arguments, for commands that take only flags.
func (e *env) noArgs() error {
	if len(e.args) > 0 {
		return fmt.Errorf("unexpected argument %q", e.args[0])
	}
	return nil
}
