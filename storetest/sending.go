package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"syscall"
	"testing/iotest"
	"time"

	"github.com/airlock-go/upload/storage"
)

// client follows no redirects. It asks for no compression, since the header field for that could
// matter to a signature.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16},
	Timeout:       time.Minute,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// sending is a signed request and its body, for cases to change.
type sending struct {
	storage.SignedRequest
	key      string
	uploadID string // of a part
	body     []byte // the file or part
	chunked  bool   // sends no length
	cut      bool   // half of it is sent, then the connection is closed
}

func newSending(signed *storage.SignedRequest, key string, body []byte) *sending {
	s := &sending{SignedRequest: *signed, key: key, body: body}
	s.Headers, s.Fields = maps.Clone(s.Headers), maps.Clone(s.Fields)
	if s.Headers == nil {
		s.Headers = map[string]string{}
	}
	return s
}

// answer is the answer to a request.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// request returns the signed request with its body. It can be sent once, since the body cannot be
// read again.
func (s *sending) request(ctx context.Context) (*http.Request, error) {
	body, contentType := [][]byte{s.body}, ""
	if s.Fields != nil {
		var err error
		if body, contentType, err = s.form(); err != nil {
			return nil, err
		}
	}
	var all []io.Reader
	var size int64
	for _, b := range body {
		all, size = append(all, bytes.NewReader(b)), size+int64(len(b))
	}
	req, err := http.NewRequestWithContext(ctx, s.Method, s.URL, io.MultiReader(all...))
	if err != nil {
		return nil, err
	}
	if req.ContentLength = size; size == 0 {
		req.Body = http.NoBody
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for name, value := range s.Headers {
		req.Header.Set(name, value)
	}
	return req, nil
}

// form returns the body of a POST form, with the file after the signed fields.
func (s *sending) form() (body [][]byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
		if err := w.WriteField(name, s.Fields[name]); err != nil {
			return nil, "", err
		}
	}
	_, err = w.CreateFormFile("file", "name")
	head := b.Len()
	err = errors.Join(err, w.Close())
	return [][]byte{b.Bytes()[:head], s.body, b.Bytes()[head:]}, w.FormDataContentType(), err
}

func (s *sending) do(ctx context.Context) (*answer, error) {
	req, err := s.request(ctx)
	if err != nil {
		return nil, err
	}
	if s.cut {
		req.Body = io.NopCloser(io.MultiReader(io.LimitReader(req.Body, req.ContentLength/2), iotest.ErrReader(errReader)))
	}
	if s.chunked {
		req.ContentLength = -1
	}
	return do(req)
}

func do(req *http.Request) (*answer, error) {
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	return &answer{status: res.StatusCode, header: res.Header, body: body}, errors.Join(err, res.Body.Close())
}

// accepted returns an error unless the store accepts the request.
func (s *sending) accepted(ctx context.Context) error {
	a, err := s.do(ctx)
	if err == nil && a.status/100 != 2 {
		err = fmt.Errorf("an honest %s got %d: %s", s.Method, a.status, a.body)
	}
	return err
}

// refused returns an error unless the store refuses the request, by its answer, or by closing the
// connection before it has the whole body.
func (s *sending) refused(ctx context.Context) error {
	a, err := s.do(ctx)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		return nil
	}
	if err == nil && a.status < 400 {
		err = fmt.Errorf("the %s got %d", s.Method, a.status)
	}
	return err
}

// otherKey returns a key similar to the signed one.
func (s *sending) otherKey() string { return s.key + "0" }

// expiry is the time after which a signature for one second has expired, even in a store that
// counts in whole seconds.
const expiry = 2100 * time.Millisecond
