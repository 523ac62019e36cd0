package stalled

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/storage"
)

const boundary = "the-boundary-of-a-stalled-upload"

// File returns a form of one file, without the end of the form.
func File(name string, content []byte) []byte {
	head := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n"
	return append([]byte(head), content...)
}

// End is the end of a form after its last part.
const End = "\r\n--" + boundary + "--\r\n"

// Text returns a text field, for the beginning of a form.
func Text(name, value string) []byte {
	return []byte("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n")
}

// Policy returns a preset that accepts files of mediaType.
func Policy(mediaType string) upload.Validator {
	switch mediaType {
	case "application/pdf", "text/csv":
		return upload.Documents(&upload.DocumentOptions{Types: []string{mediaType}})
	case "application/zip":
		return upload.Archives(nil)
	}
	return upload.Types(mediaType)
}

// Beginning returns the longest beginning of a file of c that its policy does not refuse. The file
// has about size bytes. The last 512 bytes before a refusal may be missing.
func Beginning(c corpus.Kind, size int) ([]byte, error) {
	content := c.Make(size)
	o, err := Policy(c.Type).Validate(context.Background(), &upload.Incoming{
		Name: c.Name, Type: c.Type, Head: content[:min(len(content), sniff.HeadLen)], Size: -1,
	})
	if err != nil {
		return nil, err
	}
	if closer, ok := o.(io.Closer); ok {
		defer func() { _ = closer.Close() }()
	}
	for n := 0; n < len(content); n += 512 {
		_, err := o.Write(content[n:min(len(content), n+512)])
		var refused *upload.Error
		switch {
		case errors.As(err, &refused):
			return content[:n], nil
		case err != nil:
			return nil, err
		}
	}
	return content, nil
}

// NewHandler returns a handler for files that policy accepts, with that number of uploads at
// once and timeouts of an hour. Its storage keeps nothing.
func NewHandler(policy upload.Validator, authorize upload.Authorizer, uploads int) (*upload.Handler, error) {
	return upload.New(nothing{}, policy, authorize, &upload.Options{
		MaxFileSize: 1 << 30, MaxConcurrent: uploads, Logger: slog.New(slog.DiscardHandler),
		StallTimeout: time.Hour, CheckTimeout: time.Hour,
	})
}

// nothing is a storage that keeps nothing. It reads few bytes at a time, so that nearly all bytes
// have been inspected when the client stalls.
type nothing struct{}

func (nothing) Stage(_ context.Context, _ storage.Object, r io.Reader) (storage.Staged, error) {
	_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, make([]byte, 512))
	return nothing{}, err
}
func (nothing) Delete(context.Context, string) error { return nil }
func (nothing) Commit(context.Context) error         { return nil }
func (nothing) Discard(context.Context) error        { return nil }
