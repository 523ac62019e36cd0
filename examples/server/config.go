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
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// config holds the checked flags.
type config struct {
	addr        string
	dir         string // directory for the files
	bucket      string // bucket for the files; without dir and bucket they are in memory
	endpoint    string
	profile     s3store.Profile
	lacks       []string // what the server lacks in addition, in the words of s3store.Lackable
	prefix      string   // "", or ends in a slash
	setup       bool     // set up the bucket for pages that send to it
	maxFileSize int64
	maxFiles    int
	perHour     int   // files from one address
	maxMemory   int64 // 0 leaves it to the store
	direct      bool  // files may be sent to the storage directly
	resumable   bool  // files may be sent in pieces, by tus
	maxDirect   int64 // most bytes of a file that is sent directly or in pieces
	types       []string
	policy      upload.Validator // for types; with clamd, also scans
	clamd       string           // its address; "" for no scan
	corsOrigin  string
	protection  *http.CrossOriginProtection // trusts corsOrigin
	debug       bool
}

// parseFlags reads the command line. It writes only the usage to stderr.
func parseFlags(args []string, stderr io.Writer) (*config, error) {
	cfg := &config{protection: http.NewCrossOriginProtection()}
	fs := flag.NewFlagSet("server", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&cfg.addr, "addr", "127.0.0.1:8080", "`address` to listen on; port 0 for a free one")
	types := fs.String("types", "image/png,image/jpeg,image/gif,application/pdf,text/plain", "accepted media types, separated by commas")
	fs.StringVar(&cfg.clamd, "clamd", "", "scan for malware with the clamd at this `address`: host:port, or the path of its socket")
	fs.StringVar(&cfg.corsOrigin, "cors-origin", "", "`origin` whose pages may upload here, such as https://app.example.com")
	fs.BoolVar(&cfg.debug, "debug", false, "answer GET /__debug with the number of goroutines (?gc collects garbage first)")
	cfg.limitFlags(fs)
	cfg.storageFlags(fs)

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

func (cfg *config) limitFlags(fs *flag.FlagSet) {
	fs.Int64Var(&cfg.maxFileSize, "max-file-size", 5<<20, "most `bytes` of one file that is sent to /upload or /form")
	fs.Int64Var(&cfg.maxDirect, "max-direct-size", 100<<20, "most `bytes` of one file that is sent to the storage directly, or to /resumable/")
	fs.IntVar(&cfg.maxFiles, "max-files", 3, "most files of one request")
	fs.IntVar(&cfg.perHour, "max-files-per-hour", 500, "most files that one address may send in an hour; it should be several times -max-files")
	fs.Int64Var(&cfg.maxMemory, "max-memory", 0, "most `bytes` of memory: with S3 for uploads in progress (default 64 MiB), in memory for all files (default 256 MiB)")
}

func (cfg *config) storageFlags(fs *flag.FlagSet) {
	fs.StringVar(&cfg.dir, "dir", "", "store in the directory at this `path`, which is created if its parent exists")
	fs.StringVar(&cfg.bucket, "s3-bucket", "", "store in this S3 bucket; without it and -dir files are kept in memory")
	fs.StringVar(&cfg.endpoint, "s3-endpoint", "", "`URL` of an S3 server other than AWS, addressed by path")
	fs.Func("s3-profile", "abilities of the S3 `server`: aws (default), minio or r2", func(name string) error {
		profile, ok := profiles[name]
		cfg.profile = profile
		if !ok {
			return errors.New("not one of aws, minio and r2")
		}
		return nil
	})
	fs.Func("s3-lacks", "what the S3 server lacks in addition to what -s3-profile says, separated by commas: "+strings.Join(s3store.Lackable(), ", "), func(words string) error {
		cfg.lacks = append(cfg.lacks, strings.Split(words, ",")...)
		return new(s3store.Profile).Lack(cfg.lacks...)
	})
	fs.StringVar(&cfg.prefix, "s3-prefix", "", "prefix of all keys")
	fs.BoolVar(&cfg.direct, "direct", false, "let the page also send files to the storage directly (default true in memory); a bucket must allow the page: see -s3-setup")
	fs.BoolVar(&cfg.resumable, "resumable", false, "receive files that may be cut and resumed, by tus 1.0, at /resumable/ (default true in memory and with -dir)")
	fs.BoolVar(&cfg.setup, "s3-setup", false, "before serving, add rules to those of the bucket: one that allows pages of this server and of -cors-origin, and rules that remove unconfirmed files")
}

var profiles = map[string]s3store.Profile{"aws": {}, "minio": s3store.MinIO(), "r2": s3store.R2()}

// check refuses wrong values, and flags that do not go together. It also fills in what depends on
// several flags.
func (cfg *config) check(fs *flag.FlagSet) error {
	if fs.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if cfg.maxFileSize <= 0 || cfg.maxDirect <= 0 || cfg.maxFiles <= 0 || cfg.perHour <= 0 || given["max-memory"] && cfg.maxMemory <= 0 {
		return errors.New("-max-file-size, -max-direct-size, -max-files, -max-files-per-hour and -max-memory must be positive: nothing is unlimited")
	}
	cfg.direct = cfg.direct || cfg.inMemory() && !given["direct"]
	cfg.resumable = cfg.resumable || cfg.bucket == "" && !given["resumable"]
	if err := cfg.checkDir(given); err != nil {
		return err
	}
	if err := cfg.checkS3(given); err != nil {
		return err
	}
	if cfg.corsOrigin != "" {
		if err := cfg.protection.AddTrustedOrigin(cfg.corsOrigin); err != nil {
			return fmt.Errorf("-cors-origin: %w", err)
		}
	}
	cfg.policy = cfg.makePolicy()
	if _, err := upload.New(&memstore.Store{}, cfg.policy, upload.AllowAnonymous, nil); err != nil { // an unknown type
		return fmt.Errorf("-types: %w", err)
	}
	return nil
}

// inMemory reports whether neither a bucket nor a directory is named.
func (cfg *config) inMemory() bool { return cfg.bucket == "" && cfg.dir == "" }

func (cfg *config) checkDir(given map[string]bool) error {
	for _, name := range []string{"s3-bucket", "max-memory"} {
		if cfg.dir != "" && given[name] {
			return fmt.Errorf("-%s does not go with -dir", name)
		}
	}
	if cfg.dir != "" && cfg.direct {
		return errors.New("-direct does not go with -dir: clients cannot write to a directory")
	}
	return nil
}

func (cfg *config) checkS3(given map[string]bool) error {
	for _, name := range []string{"s3-endpoint", "s3-profile", "s3-lacks", "s3-prefix", "s3-setup"} {
		if cfg.bucket == "" && given[name] {
			return fmt.Errorf("-%s needs -s3-bucket", name)
		}
	}
	if err := cfg.profile.Lack(cfg.lacks...); err != nil {
		return fmt.Errorf("-s3-lacks: %w", err)
	}
	if cfg.setup && !cfg.direct {
		return errors.New("-s3-setup needs -direct")
	}
	if cfg.endpoint != "" {
		u, err := url.Parse(cfg.endpoint)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("-s3-endpoint: %q is not an http or https URL", cfg.endpoint)
		}
	}
	if cfg.prefix != "" {
		cfg.prefix = strings.TrimSuffix(cfg.prefix, "/")
		if err := storage.ValidKey(cfg.prefix); err != nil {
			return fmt.Errorf("-s3-prefix: %w", err)
		}
		cfg.prefix += "/"
	}
	return nil
}

// makePolicy returns the presets for pictures and for documents, with the types of the flag.
func (cfg *config) makePolicy() upload.Validator {
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
	return upload.Any(accept...)
}
