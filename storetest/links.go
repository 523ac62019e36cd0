package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/airlock-go/upload/storage"
)

// RunLinks tests the links of the storages that newStore returns, a fresh one for each case, by
// following them over HTTP. It also tests OpenAt. The storages must also implement storage.Storage,
// with which the suite stores the objects.
func RunLinks(t *testing.T, newStore func(t *testing.T) storage.LinkStorage) {
	t.Helper()
	runCases(t, linkCases, newStore, checkLinks)
}

var linkCases = []testCase[links]{
	{"the signed terms are answered", "a link answers the bytes, and the signed type and disposition, whatever those of the object are", followed},
	{"reading a range", "OpenAt returns as many bytes as requested, fewer only if the object ends before", readInPart},
	{"a range", "a Range header gets exactly these bytes", followedInPart},
	{"an expired link", "a link stops working when its signed time has passed", followedLate},
	{"a changed link", "no part of a link can be changed, left out or added, and a link allows only reading", followedChanged},
	{"a link to nothing", "SignGet does not check whether the object exists; the link then leads to nothing", followedToNothing},
}

// links is the storage under test, with the operations of the cases.
type links struct {
	storage.LinkStorage
	store store
	key   string // of an object of content(directSize)
}

// checkLinks stores an object and runs a case.
func checkLinks(ctx context.Context, c testCase[links], tested storage.LinkStorage) error {
	s, ok := tested.(storage.Storage)
	if !ok {
		return errors.New("the storage must implement storage.Storage to be tested")
	}
	l := links{LinkStorage: tested, store: store{s, tested}, key: publishedKey()}
	if _, err := l.store.publish(ctx, l.key, content(directSize)); err != nil {
		return err
	}
	return c.run(ctx, l)
}

// signed returns terms with a type and a name other than the object's.
func signed(expires time.Duration) storage.SignedGet {
	return storage.SignedGet{
		Type:        "application/octet-stream",
		Disposition: `attachment; filename="a b.bin"; filename*=UTF-8''a%20%C3%BC.bin`,
		Expires:     expires,
	}
}

// follow sends a request of that method, with header fields in pairs.
func follow(ctx context.Context, method, url string, header ...string) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return do(req)
}

// answers returns an error unless a GET gets these bytes on the terms of g.
func answers(ctx context.Context, url string, g storage.SignedGet, status int, content []byte, header ...string) error {
	a, err := follow(ctx, http.MethodGet, url, header...)
	switch {
	case err != nil:
		return err
	case a.status != status:
		return fmt.Errorf("GET answered %d, not %d: %s", a.status, status, a.body)
	case a.header.Get("Content-Type") != g.Type, a.header.Get("Content-Disposition") != g.Disposition:
		return fmt.Errorf("the answer's header is %v", a.header)
	case !bytes.Equal(a.body, content):
		return fmt.Errorf("the answer's %d bytes differ from the %d stored ones", len(a.body), len(content))
	}
	return nil
}

func readInPart(ctx context.Context, s links) error {
	stored, err := s.Stat(ctx, s.key)
	if err != nil {
		return fmt.Errorf("Stat: %w", err)
	}
	return readsSpans(ctx, s, s.key, stored.ETag, content(directSize))
}

func followed(ctx context.Context, s links) error {
	inline := storage.SignedGet{Type: "image/png", Disposition: "inline", Expires: time.Minute}
	for _, g := range []storage.SignedGet{signed(time.Minute), inline} {
		url, err := s.SignGet(ctx, s.key, g)
		if err != nil {
			return fmt.Errorf("SignGet: %w", err)
		}
		for range 2 { // it is not a one-time link
			if err := answers(ctx, url, g, http.StatusOK, content(directSize)); err != nil {
				return err
			}
		}
	}
	return nil
}

func followedInPart(ctx context.Context, s links) error {
	g := signed(time.Minute)
	url, err := s.SignGet(ctx, s.key, g)
	if err != nil {
		return fmt.Errorf("SignGet: %w", err)
	}
	return answers(ctx, url, g, http.StatusPartialContent, content(directSize)[10:2000], "Range", "bytes=10-1999")
}

// leadsNowhere returns an error if a request succeeds, or its answer has bytes of the object.
func leadsNowhere(ctx context.Context, method, url string) error {
	a, err := follow(ctx, method, url)
	switch {
	case err != nil:
		return err
	case a.status < 400 || bytes.Contains(a.body, content(directSize)[:100]):
		return fmt.Errorf("%s answered %d with %d bytes", method, a.status, len(a.body))
	}
	return nil
}

func followedLate(ctx context.Context, s links) error {
	url, err := s.SignGet(ctx, s.key, signed(time.Second))
	if err != nil {
		return fmt.Errorf("SignGet: %w", err)
	}
	time.Sleep(expiry)
	return leadsNowhere(ctx, http.MethodGet, url)
}

func followedChanged(ctx context.Context, s links) error {
	url, err := s.SignGet(ctx, s.key, signed(time.Minute))
	if err != nil {
		return fmt.Errorf("SignGet: %w", err)
	}
	other := s.key + "0"
	if _, err := s.store.publish(ctx, other, content(directSize)); err != nil {
		return err
	}
	if err := leadsNowhere(ctx, http.MethodGet, strings.ReplaceAll(url, s.key, other)); err != nil {
		return fmt.Errorf("another key: %w", err)
	}
	for name, change := range queryAttacks(url) {
		if err := leadsNowhere(ctx, http.MethodGet, change(url)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodPost, http.MethodDelete} {
		if err := leadsNowhere(ctx, method, url); err != nil {
			return err
		}
	}
	return answers(ctx, url, signed(time.Minute), http.StatusOK, content(directSize))
}

func followedToNothing(ctx context.Context, s links) error {
	url, err := s.SignGet(ctx, s.key+"0", signed(time.Minute))
	if err != nil {
		return fmt.Errorf("SignGet: %w", err)
	}
	return leadsNowhere(ctx, http.MethodGet, url)
}
