package s3store_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/require"
)

// putWire keeps the requests of PutObject and UploadPart that go through it.
type putWire struct {
	http.RoundTripper
	mu   sync.Mutex
	sent []put
}

type put struct {
	*http.Request
	body  string
	bySDK bool
}

func (w *putWire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut {
		return w.RoundTripper.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.sent = append(w.sent, put{r, string(body), v4.GetPayloadHash(r.Context()) != ""})
	w.mu.Unlock()
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	return w.RoundTripper.RoundTrip(again)
}

// objects returns the requests of PutObject.
func (w *putWire) objects() []put {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.sent), func(p put) bool { return p.part() != "" })
}

// parts returns the requests of UploadPart for a key, in the order of at most nine parts.
func (w *putWire) parts(key string) []put {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(w.sent), func(p put) bool { return p.part() == "" || p.URL.Path != "/bucket/"+key })
	slices.SortStableFunc(list, func(a, b put) int { return strings.Compare(a.part(), b.part()) })
	return list
}

// part returns the number of a part, "" for an object.
func (p put) part() string { return p.URL.Query().Get("partNumber") }

// bySDK returns for each request whether the SDK made it.
func bySDK(of []put) (list []bool) {
	for _, p := range of {
		list = append(list, p.bySDK)
	}
	return list
}

// newPutWire returns a fixture whose requests are kept.
func newPutWire(t *testing.T, with setup) (*fixture, *putWire) {
	t.Helper()
	w, more := new(putWire), with.client
	with.client = func(o *s3.Options) {
		own := *o.HTTPClient.(*http.Client)
		w.RoundTripper, own.Transport = own.Transport, w
		o.HTTPClient = &own
		if more != nil {
			more(o)
		}
	}
	return newFixture(t, with), w
}

// newPutWires returns two fixtures. The SDK makes all calls of the second, whose client has an
// option of its host's.
func newPutWires(t *testing.T, with setup) (own *fixture, ours *putWire, other *fixture, theirs *putWire) {
	t.Helper()
	own, ours = newPutWire(t, with)
	more := with.client
	with.client = func(o *s3.Options) {
		if more != nil {
			more(o)
		}
		o.APIOptions = append(o.APIOptions, func(*middleware.Stack) error { return nil })
	}
	other, theirs = newPutWire(t, with)
	return own, ours, other, theirs
}

// sameUpload sets the id of an upload in place of those that two services gave.
func sameUpload(t *testing.T, list ...put) {
	t.Helper()
	for _, p := range list {
		query := p.URL.Query()
		require.NotEmpty(t, query.Get("uploadId"))
		query.Set("uploadId", "id")
		p.URL.RawQuery = query.Encode()
	}
}

// requireAlike compares two requests, except for their host and what each request has of its own.
// If first is set, they are the ones by which a warm fixture has stored its own object, with a
// random nonce.
func requireAlike(t *testing.T, want, got put, first bool) {
	t.Helper()
	require.Equal(t, want.URL.RequestURI(), got.URL.RequestURI())
	require.Equal(t, want.ContentLength, got.ContentLength)
	require.Equal(t, want.body, got.body)
	a, b := want.Header.Clone(), got.Header.Clone()
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$`, b.Get("Amz-Sdk-Invocation-Id"))
	require.NotEqual(t, a.Get("Amz-Sdk-Invocation-Id"), b.Get("Amz-Sdk-Invocation-Id"))
	for _, h := range []http.Header{a, b} {
		h.Del("Amz-Sdk-Invocation-Id")
		h.Del("X-Amz-Date")
		signed, _, _ := strings.Cut(h.Get("Authorization"), "Signature=")
		h.Set("Authorization", signed)
		if first {
			h.Del("X-Amz-Meta-Upload-Nonce")
		}
	}
	require.Equal(t, a, b)
}
