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
	"strings"
	"testing/iotest"
	"time"

	"github.com/airlock-go/upload"
)

// client follows no redirects and adds nothing to requests: what is sent is what
// was signed.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16},
	Timeout:       time.Minute,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// sending is a signed request and what goes with it, for cases to change.
type sending struct {
	upload.SignedRequest
	key      string
	uploadID string // of a part
	body     []byte // the file or part
	chunked  bool   // does not say its length
	cut      bool   // half of it is sent, then the connection is closed
}

func newSending(signed *upload.SignedRequest, key string, body []byte) *sending {
	s := &sending{SignedRequest: *signed, key: key, body: body}
	s.Headers, s.Fields = maps.Clone(s.Headers), maps.Clone(s.Fields)
	if s.Headers == nil {
		s.Headers = map[string]string{}
	}
	return s
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (s *sending) do(ctx context.Context) (*answer, error) {
	body, contentType, err := s.payload()
	if err != nil {
		return nil, err
	}
	var r io.Reader = bytes.NewReader(body)
	if s.cut {
		r = io.MultiReader(bytes.NewReader(body[:len(body)/2]), iotest.ErrReader(errReader))
	}
	req, err := http.NewRequestWithContext(ctx, s.Method, s.URL, io.NopCloser(r))
	if err != nil {
		return nil, err
	}
	if req.ContentLength = int64(len(body)); s.chunked {
		req.ContentLength = -1
	} else if len(body) == 0 {
		req.Body = http.NoBody
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for name, value := range s.Headers {
		req.Header.Set(name, value)
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

// payload is the file or, if there are fields, a form that ends with the file.
func (s *sending) payload() (body []byte, contentType string, err error) {
	if s.Fields == nil {
		return s.body, "", nil
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
		err = errors.Join(err, form.WriteField(name, s.Fields[name]))
	}
	w, e := form.CreateFormFile("file", "name.txt")
	if err = errors.Join(err, e); err != nil {
		return nil, "", err
	}
	_, err = w.Write(s.body)
	err = errors.Join(err, form.Close())
	return b.Bytes(), form.FormDataContentType(), err
}

// accepted is nil if the store takes it.
func (s *sending) accepted(ctx context.Context) error {
	a, err := s.do(ctx)
	if err == nil && a.status/100 != 2 {
		err = fmt.Errorf("an honest %s was answered with %d: %s", s.Method, a.status, a.body)
	}
	return err
}

// refused is nil if the store does not take it.
func (s *sending) refused(ctx context.Context) error {
	a, err := s.do(ctx)
	if err == nil && a.status < 400 {
		err = fmt.Errorf("the %s was answered with %d", s.Method, a.status)
	}
	return err
}

// otherKey lies beside the signed one.
func (s *sending) otherKey() string { return s.key + "0" }

// queryAttacks change, leave out and add parameters of a signed URL.
func queryAttacks(signed string) map[string]func(url string) string {
	list := map[string]func(string) string{
		"another parameter": func(url string) string { return url + "&x-amz-acl=public-read" },
		"another type":      func(url string) string { return url + "&response-content-type=text/html" },
		"no query":          func(url string) string { return strings.Split(url, "?")[0] },
	}
	_, query, _ := strings.Cut(signed, "?")
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		list["another "+name] = func(url string) string { return changeQuery(url, name, alter) }
		list["no "+name] = func(url string) string { return changeQuery(url, name, nil) }
	}
	return list
}

// changeQuery changes the value of a parameter, or removes it if change is nil.
func changeQuery(url, name string, change func(value string) string) string {
	address, query, _ := strings.Cut(url, "?")
	var pairs []string
	for pair := range strings.SplitSeq(query, "&") {
		switch n, value, _ := strings.Cut(pair, "="); {
		case n != name:
			pairs = append(pairs, pair)
		case change != nil:
			pairs = append(pairs, name+"="+change(value))
		}
	}
	return address + "?" + strings.Join(pairs, "&")
}

// alter changes the last character, and keeps digits digits.
func alter(value string) string {
	if value == "" {
		return "1"
	}
	last := "1"
	if strings.HasSuffix(value, last) {
		last = "2"
	}
	return value[:len(value)-1] + last
}
