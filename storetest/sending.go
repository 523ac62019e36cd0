package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"syscall"
	"testing/iotest"
	"time"

	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
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
	storage.SignedRequest
	key      string
	uploadID string // of a part
	body     []byte // the file or part
	chunked  bool   // does not say its length
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

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (s *sending) do(ctx context.Context) (*answer, error) {
	req := uploadtest.SignedRequest(&s.SignedRequest, uploadtest.Bytes(s.body)).WithContext(ctx)
	if req.GetBody = nil; s.cut { // what is sent is sent once
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

// accepted is nil if the store takes it.
func (s *sending) accepted(ctx context.Context) error {
	a, err := s.do(ctx)
	if err == nil && a.status/100 != 2 {
		err = fmt.Errorf("an honest %s was answered with %d: %s", s.Method, a.status, a.body)
	}
	return err
}

// refused is nil if the store does not take it: by its answer, or by closing the
// connection before it has all of it.
func (s *sending) refused(ctx context.Context) error {
	a, err := s.do(ctx)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		return nil
	}
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
