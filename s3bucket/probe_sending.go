package s3bucket

import (
	"bytes"
	"context"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// send sends a request as a client would, through the signer's own HTTP client. It accepts no
// answer from another location, which would say nothing about the service.
func (p *probing) send(r *storage.SignedRequest, body []byte) (status int, err error) {
	ctx, cancel := context.WithTimeoutCause(p.ctx, p.service.opts.CallTimeout, s3calls.ErrTimeout)
	defer cancel()
	contentType := ""
	if r.Method == http.MethodPost {
		if body, contentType, err = formBody(r.Fields, body); err != nil {
			return 0, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for name, value := range r.Headers {
		req.Header.Set(name, value)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	asked := req.URL.String()
	resp, err := s3calls.Unredirected(p.service.opts.Signer.Options().HTTPClient, 0).Do(req)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if err := resp.Body.Close(); err != nil {
		return 0, err
	}
	if resp.Request != nil && resp.Request.URL.String() != asked {
		return 0, s3calls.ErrElsewhere
	}
	return resp.StatusCode, nil
}

func formBody(fields map[string]string, file []byte) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := w.WriteField(name, fields[name]); err != nil {
			return nil, "", err
		}
	}
	part, err := w.CreateFormFile("file", probeName)
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(file); err != nil {
		return nil, "", err
	}
	err = w.Close()
	return b.Bytes(), w.FormDataContentType(), err
}

func longer(r *storage.SignedRequest, body []byte) (*storage.SignedRequest, []byte) {
	return r, append(slices.Clone(body), '\n')
}

func shorter(r *storage.SignedRequest, body []byte) (*storage.SignedRequest, []byte) {
	return r, body[:len(body)-1]
}

func otherBytes(r *storage.SignedRequest, body []byte) (*storage.SignedRequest, []byte) {
	return r, bytes.ToUpper(body)
}

func withHeader(name, value string) func(*storage.SignedRequest, []byte) (*storage.SignedRequest, []byte) {
	return func(r *storage.SignedRequest, body []byte) (*storage.SignedRequest, []byte) {
		other := *r
		other.Headers = with(r.Headers, name, value)
		return &other, body
	}
}

func withField(name, value string) func(*storage.SignedRequest, []byte) (*storage.SignedRequest, []byte) {
	return func(r *storage.SignedRequest, body []byte) (*storage.SignedRequest, []byte) {
		other := *r
		other.Fields = with(r.Fields, name, value)
		return &other, body
	}
}

// with returns a copy of fields with another value, or without the field for "".
func with(fields map[string]string, name, value string) map[string]string {
	copied := maps.Clone(fields)
	if copied[name] = value; value == "" {
		delete(copied, name)
	}
	return copied
}
