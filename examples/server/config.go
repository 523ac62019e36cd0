package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/airlock-go/upload"
)

// config is what the flags say, checked.
type config struct {
	addr        string
	bucket      string // "" keeps the files in memory
	endpoint    string
	prefix      string
	maxFileSize int64
	maxFiles    int
	maxMemory   int64 // 0 leaves it to the store
	types       []string
	policy      upload.Validator // of types
	corsOrigin  string
	protection  *http.CrossOriginProtection // trusts corsOrigin
	debug       bool
}

// parseFlags reads the command line. It writes the usage, and only that, to
// stderr.
func parseFlags(args []string, stderr io.Writer) (*config, error) {
	cfg := &config{protection: http.NewCrossOriginProtection()}
	fs := flag.NewFlagSet("server", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&cfg.addr, "addr", "127.0.0.1:8080", "`address` to listen on; port 0 takes a free one")
	fs.StringVar(&cfg.bucket, "s3-bucket", "", "store in this S3 bucket; without it files are kept in memory")
	fs.StringVar(&cfg.endpoint, "s3-endpoint", "", "`URL` of an S3 server other than AWS, addressed by path")
	fs.StringVar(&cfg.prefix, "s3-prefix", "", "put this before all keys")
	fs.Int64Var(&cfg.maxFileSize, "max-file-size", 5<<20, "most `bytes` of one file")
	fs.IntVar(&cfg.maxFiles, "max-files", 3, "most files of one request")
	fs.Int64Var(&cfg.maxMemory, "max-memory", 0, "most `bytes` of memory: with S3 for what is on its way there (default 64 MiB), without for all files (default 256 MiB)")
	types := fs.String("types", "image/png,image/jpeg,image/gif,application/pdf,text/plain", "accepted media types, separated by commas")
	fs.StringVar(&cfg.corsOrigin, "cors-origin", "", "`origin` whose pages may upload here, such as https://app.example.com")
	fs.BoolVar(&cfg.debug, "debug", false, "answer GET /__debug with the number of goroutines (?gc collects garbage first)")

	err := fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fs.SetOutput(stderr)
		fs.Usage()
	}
	if err != nil {
		return nil, err
	}
	cfg.types = strings.Split(*types, ",")
	return cfg, cfg.check(fs)
}

// check refuses what would only fail, or be ignored, later.
func (cfg *config) check(fs *flag.FlagSet) error {
	if fs.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	if cfg.maxFileSize <= 0 || cfg.maxFiles <= 0 || cfg.maxMemory < 0 {
		return errors.New("-max-file-size, -max-files and -max-memory must be positive: nothing is unlimited")
	}
	if err := cfg.checkS3(fs); err != nil {
		return err
	}
	if cfg.corsOrigin != "" {
		if err := cfg.protection.AddTrustedOrigin(cfg.corsOrigin); err != nil {
			return fmt.Errorf("-cors-origin: %w", err)
		}
	}
	return cfg.makePolicy()
}

func (cfg *config) checkS3(fs *flag.FlagSet) error {
	var idle error
	fs.Visit(func(f *flag.Flag) {
		if cfg.bucket == "" && (f.Name == "s3-endpoint" || f.Name == "s3-prefix") {
			idle = fmt.Errorf("-%s needs -s3-bucket", f.Name)
		}
	})
	if idle != nil {
		return idle
	}
	if cfg.endpoint != "" {
		u, err := url.Parse(cfg.endpoint)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("-s3-endpoint: %q is not an http or https URL", cfg.endpoint)
		}
	}
	if cfg.prefix != "" {
		if err := upload.ValidKey(strings.TrimSuffix(cfg.prefix, "/")); err != nil {
			return fmt.Errorf("-s3-prefix: %w", err)
		}
	}
	return nil
}

// makePolicy takes the presets for pictures and for documents, with the types
// of the flag. Their panic, meant for constants, becomes an error for a flag.
func (cfg *config) makePolicy() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("-types: %v", p)
		}
	}()
	var images, documents []string
	for _, t := range cfg.types {
		if strings.HasPrefix(t, "image/") {
			images = append(images, t)
		} else {
			documents = append(documents, t)
		}
	}
	var accept []upload.Validator
	if len(images) > 0 {
		accept = append(accept, upload.Images(&upload.ImageOptions{Types: images}))
	}
	if len(documents) > 0 {
		accept = append(accept, upload.Documents(&upload.DocumentOptions{Types: documents}))
	}
	cfg.policy = upload.Any(accept...)
	return nil
}
