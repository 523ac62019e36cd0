package integration_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

const stagingKey = "tenant/upload-staging/ä b+1"

// content is what honest clients of these tests send, and forged has the same length.
var (
	content = bytes.Repeat([]byte("honest content. "), 1000)
	forged  = bytes.Repeat([]byte("forged content. "), 1000)
)

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func wireSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func directObject(body []byte) storage.DirectObject {
	return storage.DirectObject{
		Key: stagingKey, Type: "text/plain", Size: int64(len(body)), SHA256: hexSHA256(body), Expires: time.Minute,
	}
}

// needsDigest reports whether the server's profile signs whole files only with their SHA-256.
func needsDigest() bool {
	p := s3test.Get().Profile()
	return p.NoCopyDigests && !p.NoPinnedCopies
}

// httpRequest returns the signed request as an honest client sends it.
func httpRequest(t testing.TB, signed *storage.SignedRequest, body []byte) *http.Request {
	t.Helper()
	return uploadtest.SignedRequest(signed, uploadtest.Bytes(body)).WithContext(t.Context())
}

// oneShot leaves no idle connections, which tests that count goroutines would count.
var oneShot = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func send(t testing.TB, r *http.Request) (status int, answer string, header http.Header) {
	t.Helper()
	resp, err := oneShot.Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(b), resp.Header
}

// requireRefused fails the test unless the server refuses the request, by its answer or by closing
// the connection before it has read all of it.
func requireRefused(t testing.TB, r *http.Request) {
	t.Helper()
	resp, err := oneShot.Do(r)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		return
	}
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.GreaterOrEqual(t, resp.StatusCode, 400, "%s", answer)
	require.Less(t, resp.StatusCode, 500, "%s", answer)
}

func setBody(r *http.Request, body []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

func setQuery(r *http.Request, name, value string) {
	q := r.URL.Query()
	q.Set(name, value)
	r.URL.RawQuery = q.Encode()
}

// copies adds a header field for copying the object "secret" of the request's bucket, and more
// fields.
func copies(more map[string]string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("X-Amz-Copy-Source", "/"+strings.Split(r.URL.Path, "/")[1]+"/secret")
		for name, value := range more {
			r.Header.Set(name, value)
		}
	}
}

// TestDirectPutAttacks checks that the server refuses a signed PUT after each of these changes by a
// client, and keeps nothing. Each attack has a bucket of its own, with an object to steal of the
// size and the SHA-256 that are signed.
func TestDirectPutAttacks(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	without := func(name string) func(*http.Request) { return func(r *http.Request) { r.Header.Del(name) } }
	query := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { setQuery(r, name, value) }
	}
	for name, attack := range map[string]func(*http.Request){
		"longer":                 func(r *http.Request) { setBody(r, append(content[:len(content):len(content)], '!')) },
		"shorter":                func(r *http.Request) { setBody(r, content[1:]) },
		"empty":                  func(r *http.Request) { setBody(r, nil) },
		"without a length":       func(r *http.Request) { r.ContentLength = -1 },
		"other bytes":            func(r *http.Request) { setBody(r, forged) },
		"other bytes and digest": func(r *http.Request) { setBody(r, forged); r.Header.Set("X-Amz-Checksum-Sha256", wireSHA256(forged)) },
		"no digest":              func(r *http.Request) { setBody(r, forged); r.Header.Del("X-Amz-Checksum-Sha256") },
		"other type":             header("Content-Type", "text/html"),
		"no type":                without("Content-Type"),
		"inline":                 header("Content-Disposition", "inline"),
		"no disposition":         without("Content-Disposition"),
		"public cache":           header("Cache-Control", "public"),
		"no condition":           without("If-None-Match"),
		"another condition":      header("If-None-Match", `"x"`),
		"an ACL":                 header("X-Amz-Acl", "public-read"),
		"metadata":               header("X-Amz-Meta-Upload-Nonce", "x"),
		"tags":                   header("X-Amz-Tagging", "a=b"),
		"a legal hold":           header("X-Amz-Object-Lock-Legal-Hold", "ON"),
		"a copy":                 copies(nil),
		"a copy of a range":      copies(map[string]string{"X-Amz-Copy-Source-Range": "bytes=0-99"}),
		"a copy with any ETag":   copies(map[string]string{"X-Amz-Copy-Source-If-Match": "*"}),
		"a copy, empty body": func(r *http.Request) {
			setBody(r, nil)
			copies(nil)(r)
		},
		"another key": func(r *http.Request) {
			r.URL.Path, r.URL.RawPath = "/"+strings.Split(r.URL.Path, "/")[1]+"/other", ""
		},
		"another method":     func(r *http.Request) { r.Method = http.MethodDelete },
		"read":               func(r *http.Request) { r.Method = http.MethodGet; setBody(r, nil) },
		"a multipart part":   query("uploadId", "x"),
		"a subresource":      query("acl", ""),
		"longer life":        query("X-Amz-Expires", "600000"),
		"a later date":       query("X-Amz-Date", time.Now().Add(time.Hour).UTC().Format("20060102T150405Z")),
		"fewer headers":      query("X-Amz-SignedHeaders", "host"),
		"a broken signature": query("X-Amz-Signature", strings.Repeat("0", 64)),
		"another key id":     query("X-Amz-Credential", "x/20200101/us-east-1/s3/aws4_request"),
		"an unsigned query":  query("response-content-type", "text/html"),
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, false, s3store.Options{})
			st.bucket.Put(t.Context(), t, "secret", content)
			signed, err := st.store.SignPut(t.Context(), directObject(content))
			require.NoError(t, err)
			r := httpRequest(t, signed, content)
			attack(r)
			requireRefused(t, r)
			requireKeys(t, st.bucket, "secret")
		})
	}
}

func requireKeys(t testing.TB, b *s3test.Bucket, keys ...string) {
	t.Helper()
	got := []string{}
	for _, v := range b.Versions(t.Context(), t) {
		got = append(got, v.Key)
	}
	require.ElementsMatch(t, keys, got)
	require.Empty(t, b.Uploads(t.Context(), t))
}

// TestDirectPut checks that the honest request works, and only once.
func TestDirectPut(t *testing.T) {
	t.Parallel()
	for name, digest := range map[string]bool{"with digest": true, "without digest": false} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, false, s3store.Options{Tags: map[string]string{"a b": "c+d"}})
			d := directObject(content)
			if !digest {
				d.SHA256 = ""
			}
			signed, err := st.store.SignPut(t.Context(), d)
			if !digest && needsDigest() {
				require.ErrorContains(t, err, "SHA-256")
				return
			}
			require.NoError(t, err)
			status, answer, header := send(t, httpRequest(t, signed, content))
			require.Equal(t, 200, status, "%s", answer)

			stored, err := st.store.Stat(t.Context(), stagingKey)
			require.NoError(t, err)
			require.Equal(t, storage.Stored{Type: "text/plain", Size: int64(len(content)), ETag: header.Get("ETag")}, stored)

			status, _, _ = send(t, httpRequest(t, signed, content))
			require.Equal(t, http.StatusPreconditionFailed, status)
			if !digest {
				status, _, _ = send(t, httpRequest(t, signed, forged))
				require.Equal(t, http.StatusPreconditionFailed, status)
			}
			got, _ := st.bucket.SHA256(t, stagingKey)
			require.Equal(t, hexSHA256(content), got)
		})
	}
}

func TestDirectRequestsExpire(t *testing.T) {
	t.Parallel()
	st := newStage(t, false, s3store.Options{})
	d := directObject(content)
	d.Expires = time.Second
	put, err := st.store.SignPut(t.Context(), d)
	require.NoError(t, err)
	var form *http.Request
	if !noForms(t) {
		signed, err := st.store.SignForm(t.Context(), d)
		require.NoError(t, err)
		form = formRequest(t, signed, content)
	}
	id, err := st.store.CreateMultipart(t.Context(), d)
	require.NoError(t, err)
	part, err := st.store.SignPart(t.Context(), d, id, 1)
	require.NoError(t, err)
	st.bucket.Put(t.Context(), t, "k", content)
	link, err := st.store.SignGet(t.Context(), "k", storage.SignedGet{Expires: time.Second})
	require.NoError(t, err)
	time.Sleep(2500 * time.Millisecond)
	get, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	require.NoError(t, err)
	for _, r := range []*http.Request{httpRequest(t, put, content), form, httpRequest(t, part, content), get} {
		if r == nil {
			continue
		}
		status, answer, _ := send(t, r)
		require.Equal(t, http.StatusForbidden, status, "%s", answer)
	}
	parts, err := st.store.Parts(t.Context(), stagingKey, id)
	require.NoError(t, err)
	require.Empty(t, parts)
	require.NoError(t, st.store.AbortMultipart(t.Context(), stagingKey, id))
	requireKeys(t, st.bucket, "k")
}

// TestDirectEncoding checks that header fields that S3 lets clients add do not change the bytes
// that are read, and are not published.
func TestDirectEncoding(t *testing.T) {
	t.Parallel()
	st := newStage(t, false, s3store.Options{})
	signed, err := st.store.SignPut(t.Context(), directObject(content))
	require.NoError(t, err)
	r := httpRequest(t, signed, content)
	r.Header.Set("Content-Encoding", "gzip")
	r.Header.Set("Content-Language", "xx")
	status, answer, _ := send(t, r)
	require.Equal(t, 200, status, "%s", answer)
	stored, err := st.store.Stat(t.Context(), stagingKey)
	require.NoError(t, err)
	body, err := st.store.OpenAt(t.Context(), stagingKey, stored.ETag, 0, -1)
	require.NoError(t, err)
	got, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	require.Equal(t, content, got)

	require.NoError(t, st.store.Promote(t.Context(), promotionOf(stored, content)))
	head := st.bucket.Head(t.Context(), t, "published")
	require.Nil(t, head.ContentEncoding)
	require.Nil(t, head.ContentLanguage)
}

func promotionOf(stored storage.Stored, body []byte) storage.Promotion {
	return storage.Promotion{
		Sources: []storage.Source{{Key: stagingKey, ETag: stored.ETag, Size: stored.Size}}, Key: "published", Type: "text/plain", Name: "straße.txt",
		Size: stored.Size, SHA256: hexSHA256(body), Nonce: "nonce",
	}
}
