package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"os"
	"runtime/pprof"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30

	bucket = "bench"
)

// config is a server's configuration, from its flags.
type config struct {
	kind      string
	s3        string
	maxFile   int64
	maxMemory int64
	maxWait   time.Duration
	profile   string
}

// kinds are the servers that are compared.
var kinds = map[string]func(config, *s3.Client) (http.Handler, error){
	"this library":                      library,
	"this library, memstore":            libraryInMemory,
	"this library, resumable":           libraryResumable,
	"ParseMultipartForm + manager":      parseForm,
	"MultipartReader + manager":         readerManager,
	"MultipartReader + transfermanager": readerTransfer,
	"floor (nothing checked)":           floor,
}

// serve runs a server under test. The server prints its address, and stops when its standard input
// ends.
func serve(args []string) error {
	var c config
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	flags.StringVar(&c.kind, "kind", "", "")
	flags.StringVar(&c.s3, "s3", "", "")
	flags.Int64Var(&c.maxFile, "max-file", 8*gib, "")
	flags.Int64Var(&c.maxMemory, "max-memory", 64*mib, "")
	flags.DurationVar(&c.maxWait, "max-wait", time.Minute, "")
	flags.StringVar(&c.profile, "cpuprofile", os.Getenv("BENCH_CPUPROFILE"), "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	newServer, ok := kinds[c.kind]
	if !ok {
		return fmt.Errorf("no server %q", c.kind)
	}
	h, err := newServer(c, client(c.s3))
	if err != nil {
		return err
	}
	if c.profile != "" {
		stop, err := profile(c.profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	mux := http.NewServeMux()
	mux.Handle("POST /upload", h)
	mux.Handle("/files/", h) // of resumable uploads
	mux.HandleFunc("GET /usage", usage)
	return listen(mux, "")
}

// profile writes a CPU profile until it is stopped, to a file whose name is path and the process's
// number. The environment names the path, since no case passes flags for a profile:
//
//	BENCH_CPUPROFILE=cpu.prof go run . run -quick -only "large over https"
func profile(path string) (stop func(), err error) {
	f, err := os.Create(path + "." + fmt.Sprint(os.Getpid())) //nolint:gosec // the user's own path
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}

// client returns an S3 client. All servers that use the SDK have the same settings.
func client(endpoint string) *s3.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // a server of the benchmark's own
	transport.MaxIdleConnsPerHost = 256
	return s3.New(s3.Options{
		BaseEndpoint:               aws.String(endpoint),
		Region:                     "us-east-1",
		Credentials:                credentials.NewStaticCredentialsProvider("access", "secret", ""),
		UsePathStyle:               true,
		HTTPClient:                 &http.Client{Transport: transport},
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
	})
}

// policy returns what the library checks in all cases except "looking": the types of the tables by
// type, as the presets read them. Only the limits of unpacking are higher, for large files.
func policy() upload.Validator {
	const large = 64 * gib
	return upload.Any(
		upload.Images(&upload.ImageOptions{Types: []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/heic", "image/svg+xml"}}),
		upload.Documents(&upload.DocumentOptions{MaxEntrySize: large, MaxTotalSize: large}),
		upload.Documents(&upload.DocumentOptions{Types: []string{"application/epub+zip"}, MaxEntrySize: large, MaxTotalSize: large}),
		upload.Archives(&upload.ArchiveOptions{MaxEntrySize: large, MaxTotalSize: large}),
		upload.Types("application/json", "text/xml", "video/mp4", "video/quicktime", "video/webm", "audio/mpeg", "audio/wav", "audio/ogg", "audio/flac"),
	)
}

func newHandler(c config, store storage.Storage) (*upload.Handler, error) {
	return upload.New(store, policy(), upload.AllowAnonymous, &upload.Options{
		MaxFileSize: c.maxFile, MaxWait: c.maxWait, Logger: slog.New(slog.DiscardHandler),
	})
}

func library(c config, client *s3.Client) (http.Handler, error) {
	store, err := s3store.New(client, bucket, &s3store.Options{MaxMemory: c.maxMemory, CallTimeout: 5 * time.Minute})
	if err != nil {
		return nil, err
	}
	return newHandler(c, store)
}

func libraryResumable(c config, client *s3.Client) (http.Handler, error) {
	store, err := s3store.New(client, bucket, &s3store.Options{
		MaxMemory: c.maxMemory, CallTimeout: 5 * time.Minute, Profile: s3store.Profile{InsecureNoCopyGuard: true}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	h, err := newHandler(c, store)
	if err != nil {
		return nil, err
	}
	return upload.NewResumer(h, [][]byte{make([]byte, 32)}, nil)
}

func libraryInMemory(c config, _ *s3.Client) (http.Handler, error) {
	store := &memstore.Store{MaxBytes: 4 * gib}
	h, err := newHandler(c, store)
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		for _, key := range store.Keys() {
			_ = store.Delete(r.Context(), key)
		}
	}), nil
}

// parseForm does what tutorials do: it reads the whole form first, to disk beyond 32 MiB.
func parseForm(_ config, client *s3.Client) (http.Handler, error) {
	uploader := manager.NewUploader(client) //nolint:staticcheck // what people use
	return answering(func(r *http.Request) error {
		if err := r.ParseMultipartForm(32 << 20); err != nil { //nolint:gosec // unbounded is what people write
			return err
		}
		defer func() { _ = r.MultipartForm.RemoveAll() }()
		f, header, err := r.FormFile("file")
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		_, err = uploader.Upload(r.Context(), &s3.PutObjectInput{ //nolint:staticcheck // what people use
			Bucket: aws.String(bucket), Key: key(), Body: f, ContentType: aws.String(header.Header.Get("Content-Type")),
		})
		return err
	}), nil
}

func readerManager(_ config, client *s3.Client) (http.Handler, error) {
	uploader := manager.NewUploader(client) //nolint:staticcheck // what people use
	return streaming(func(ctx context.Context, p *multipart.Part) error {
		_, err := uploader.Upload(ctx, &s3.PutObjectInput{ //nolint:staticcheck // what people use
			Bucket: aws.String(bucket), Key: key(), Body: p, ContentType: aws.String(p.Header.Get("Content-Type")),
		})
		return err
	}), nil
}

func readerTransfer(_ config, client *s3.Client) (http.Handler, error) {
	tm := transfermanager.New(client)
	return streaming(func(ctx context.Context, p *multipart.Part) error {
		_, err := tm.UploadObject(ctx, &transfermanager.UploadObjectInput{
			Bucket: aws.String(bucket), Key: key(), Body: p, ContentType: aws.String(p.Header.Get("Content-Type")),
		})
		return err
	}), nil
}

// floor sends the body on as it comes, as a whole form, with a known length. No server that passes
// bytes to S3 can do less.
func floor(c config, _ *s3.Client) (http.Handler, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // a server of the benchmark's own
	transport.MaxIdleConnsPerHost = 256
	return answering(func(r *http.Request) error {
		out, err := http.NewRequestWithContext(r.Context(), http.MethodPut, c.s3+"/"+bucket+"/"+*key(), r.Body)
		if err != nil {
			return err
		}
		out.ContentLength = r.ContentLength
		resp, err := transport.RoundTrip(out)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}), nil
}

func streaming(store func(context.Context, *multipart.Part) error) http.Handler {
	return answering(func(r *http.Request) error {
		reader, err := r.MultipartReader()
		if err != nil {
			return err
		}
		for {
			p, err := reader.NextPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := store(r.Context(), p); err != nil {
				return err
			}
		}
	})
}

func answering(f func(*http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := f(r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"ok":true}`)
	})
}

var keys atomic.Int64

// key returns a key that this process has not used yet, at almost no cost.
func key() *string {
	return aws.String(fmt.Sprintf("f%d-%d.bin", os.Getpid(), keys.Add(1)))
}
