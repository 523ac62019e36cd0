package resume_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
)

// config holds the settings of an instance.
type config struct {
	S3     s3test.Server
	Bucket string
	Addr   string // where it listens, also after a restart
	Done   string // the file that the host's function appends keys to
}

// serve serves resumable uploads until the standard input ends.
func serve(c config) error {
	client, _ := c.S3.Client(c.S3.Endpoint)
	store, err := s3store.New(client, c.Bucket, &s3store.Options{Profile: c.S3.Profile()})
	if err != nil {
		return err
	}
	policy := upload.All(upload.Types("text/plain"), lastByte{})
	h, err := upload.New(store, policy, upload.AllowAnonymous, &upload.Options{
		MaxFileSize: 64 * mib, MaxWait: time.Minute, Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	done := func(_ context.Context, _ string, _ map[string]string, f upload.File) error {
		return appendLine(c.Done, f.Key)
	}
	resumer, err := upload.NewResumer(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, &upload.ResumeOptions{Done: done})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/files/", resumer)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	return (&http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}).Serve(l)
}

func appendLine(path, line string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, line)
	if err2 := f.Close(); err == nil {
		err = err2
	}
	return err
}

// badEnd is the last byte of a file that [lastByte] refuses.
const badEnd = '!'

// lastByte refuses a file for its last byte. A check of the head cannot, if the file is larger than
// the head.
type lastByte struct{}

func (lastByte) Validate(context.Context, *upload.Incoming) (upload.Observer, error) {
	return &lastByteSeen{}, nil
}

type lastByteSeen struct{ last byte }

func (o *lastByteSeen) Write(p []byte) (int, error) {
	if len(p) > 0 {
		o.last = p[len(p)-1]
	}
	return len(p), nil
}

func (o *lastByteSeen) Verdict() error {
	if o.last == badEnd {
		return upload.Reject("bad_end", "The file ends in the wrong byte.")
	}
	return nil
}
