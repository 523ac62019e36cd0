package integration_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

var twoParts = bytes.Repeat([]byte("0123456789abcdef"), (part+1000)/16)

func sendParts(t testing.TB, s *s3store.Store, id string, body []byte) []storage.Part {
	t.Helper()
	d := directObject(body)
	var want []storage.Part
	for i := 0; i*part < len(body); i++ {
		piece := body[i*part : min((i+1)*part, len(body))]
		d.Size = int64(len(piece))
		signed, err := s.SignPart(t.Context(), d, id, i+1)
		require.NoError(t, err)
		require.Equal(t, partHeaders(), signed.Headers)
		status, answer, header := send(t, httpRequest(t, signed, piece))
		require.Equal(t, 200, status, "%s", answer)
		want = append(want, storage.Part{Number: i + 1, Size: d.Size, ETag: header.Get("ETag")})
	}
	return want
}

// partHeaders returns the header fields that clients must send with a part: a condition that no
// copy meets. None are needed where the server refuses copies itself, or looks for fields in the
// URL.
func partHeaders() map[string]string {
	s := s3test.Get()
	if s.AtAWS() || s.Profile().HeadersFromQuery || s.Profile().InsecureNoCopyGuard {
		return map[string]string{}
	}
	return map[string]string{"X-Amz-Copy-Source-If-Match": `"none"`}
}

func TestDirectParts(t *testing.T) {
	t.Parallel()
	st := newStage(t, false, s3store.Options{})
	id, err := st.store.CreateMultipart(t.Context(), directObject(twoParts))
	require.NoError(t, err)
	want := sendParts(t, st.store, id, twoParts)
	parts, err := st.store.Parts(t.Context(), stagingKey, id)
	require.NoError(t, err)
	require.Equal(t, want, parts)
	_, err = st.store.Stat(t.Context(), stagingKey)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, st.store.CompleteMultipart(t.Context(), stagingKey, id, parts))
	got, _ := st.bucket.SHA256(t, stagingKey)
	require.Equal(t, hexSHA256(twoParts), got)
	stored, err := st.store.Stat(t.Context(), stagingKey)
	require.NoError(t, err)
	require.NoError(t, st.store.Promote(t.Context(), promotionOf(stored, twoParts)))
	got, _ = st.bucket.SHA256(t, "published")
	require.Equal(t, hexSHA256(twoParts), got)

	_, err = st.store.Parts(t.Context(), stagingKey, id)
	require.ErrorIs(t, err, fs.ErrNotExist)
	for range 2 {
		require.NoError(t, st.store.AbortMultipart(t.Context(), stagingKey, id))
	}
	status, _, _ := send(t, latePart(t, st, id))
	require.Equal(t, http.StatusNotFound, status, "a part after the end")
}

func latePart(t testing.TB, st *stage, id string) *http.Request {
	t.Helper()
	signed, err := st.store.SignPart(t.Context(), directObject(content), id, 2)
	require.NoError(t, err)
	return httpRequest(t, signed, content)
}

// TestDirectPartAttacks checks that the server refuses a signed part after each of these changes by
// a client, and keeps nothing. Each attack has a bucket of its own.
func TestDirectPartAttacks(t *testing.T) {
	t.Parallel()
	query := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { setQuery(r, name, value) }
	}
	for name, attack := range map[string]func(*http.Request){
		"longer":         func(r *http.Request) { setBody(r, append(content[:len(content):len(content)], '!')) },
		"shorter":        func(r *http.Request) { setBody(r, content[1:]) },
		"empty":          func(r *http.Request) { setBody(r, nil) },
		"no length":      func(r *http.Request) { r.ContentLength = -1 },
		"another part":   query("partNumber", "2"),
		"part 10001":     query("partNumber", "10001"),
		"another upload": query("uploadId", "x"),
		"a whole object": func(r *http.Request) {
			q := r.URL.Query()
			q.Del("uploadId")
			q.Del("partNumber")
			r.URL.RawQuery = q.Encode()
		},
		"a copy":               copies(nil),
		"a copy of a range":    copies(map[string]string{"X-Amz-Copy-Source-Range": "bytes=0-99"}),
		"a copy with any ETag": copies(map[string]string{"X-Amz-Copy-Source-If-Match": "*"}),
		"complete":             func(r *http.Request) { r.Method = http.MethodPost },
		"abort":                func(r *http.Request) { r.Method = http.MethodDelete },
		"another key": func(r *http.Request) {
			r.URL.Path, r.URL.RawPath = "/"+strings.Split(r.URL.Path, "/")[1]+"/other", ""
		},
		"a broken signature": query("X-Amz-Signature", strings.Repeat("0", 64)),
		"longer lifetime":    query("X-Amz-Expires", "600000"),
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, false, s3store.Options{})
			st.bucket.Put(t.Context(), t, "secret", content)
			id, err := st.store.CreateMultipart(t.Context(), directObject(content))
			require.NoError(t, err)
			signed, err := st.store.SignPart(t.Context(), directObject(content), id, 1)
			require.NoError(t, err)
			r := httpRequest(t, signed, content)
			attack(r)
			requireRefused(t, r)
			parts, err := st.store.Parts(t.Context(), stagingKey, id)
			require.NoError(t, err)
			require.Empty(t, parts)
			require.NoError(t, st.store.AbortMultipart(t.Context(), stagingKey, id))
			requireKeys(t, st.bucket, "secret")
		})
	}
}

// TestDirectPartsDroppedAnswers loses one answer to a call that the store itself makes. The upload
// works all the same.
func TestDirectPartsDroppedAnswers(t *testing.T) {
	t.Parallel()
	const list = faultproxy.Get // CallOf returns it for ListParts
	for _, call := range []faultproxy.Call{faultproxy.Create, list, faultproxy.Complete, faultproxy.Abort} {
		for mode, status := range repeatsOf(call) {
			t.Run(fmt.Sprintf("%s/%s", mode, call), func(t *testing.T) {
				t.Parallel()
				st, proxy := newFaultyStage(t, false, s3store.Options{})
				proxy.AnswerRepeats(status)
				proxy.Inject(call, faultproxy.Drop, 1)
				id, err := st.store.CreateMultipart(t.Context(), directObject(content))
				require.NoError(t, err)
				sendParts(t, st.store, id, content)
				parts, err := st.store.Parts(t.Context(), stagingKey, id)
				require.NoError(t, err)
				require.NoError(t, st.store.CompleteMultipart(t.Context(), stagingKey, id, parts))
				require.NoError(t, st.store.AbortMultipart(t.Context(), stagingKey, id))
				requireKeys(t, st.bucket, stagingKey)
				got, _ := st.bucket.SHA256(t, stagingKey)
				require.Equal(t, hexSHA256(content), got)
			})
		}
	}
}
