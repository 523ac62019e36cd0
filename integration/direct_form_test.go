package integration_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// formRequest returns a signed form as browsers send it: the fields, then the file.
func formRequest(t testing.TB, signed *storage.SignedRequest, body []byte) *http.Request {
	t.Helper()
	var form uploadtest.Form
	for _, name := range slices.Sorted(maps.Keys(signed.Fields)) {
		form = append(form, uploadtest.Text(name, signed.Fields[name]))
	}
	form = append(form, uploadtest.File("file", "evil.html", body))
	return uploadtest.NewRequest(signed.URL, form...).WithContext(t.Context())
}

// noForms reports whether the server's profile has no forms. It then requires that none is signed.
func noForms(t testing.TB) bool {
	t.Helper()
	if !s3test.Get().Profile().NoForms {
		return false
	}
	_, err := newStage(t, false, s3store.Options{}).store.SignForm(t.Context(), directObject(content))
	require.ErrorContains(t, err, "does not enforce")
	return true
}

func TestDirectForm(t *testing.T) {
	t.Parallel()
	if noForms(t) {
		return
	}
	st := newStage(t, false, s3store.Options{})
	signed, err := st.store.SignForm(t.Context(), directObject(content))
	require.NoError(t, err)
	status, answer, _ := send(t, formRequest(t, signed, content))
	require.Equal(t, 201, status, "%s", answer)
	stored, err := st.store.Stat(t.Context(), stagingKey)
	require.NoError(t, err)
	require.Equal(t, storage.Stored{Type: "text/plain", Size: int64(len(content)), ETag: stored.ETag}, stored)
	head := st.bucket.Head(t.Context(), t, stagingKey)
	require.Equal(t, "attachment", *head.ContentDisposition)
	require.Equal(t, "private", *head.CacheControl)
	got, _ := st.bucket.SHA256(t, stagingKey)
	require.Equal(t, hexSHA256(content), got)
}

// TestDirectFormAttacks checks that the server refuses a signed form after each of these changes by
// a client, and keeps nothing.
func TestDirectFormAttacks(t *testing.T) {
	t.Parallel()
	if noForms(t) {
		return
	}
	set := func(name, value string) func(*storage.SignedRequest) {
		return func(r *storage.SignedRequest) { r.Fields[name] = value }
	}
	without := func(name string) func(*storage.SignedRequest) {
		return func(r *storage.SignedRequest) { delete(r.Fields, name) }
	}
	same := func(*storage.SignedRequest) {}
	other := s3test.NewBucket(t, false)
	rows := []struct {
		name   string
		change func(*storage.SignedRequest)
		body   []byte
	}{
		{"longer", same, append(content[:len(content):len(content)], '!')},
		{"shorter", same, content[1:]},
		{"empty", same, nil},
		{"other bytes", same, forged},
		{"other bytes and digest", set("x-amz-checksum-sha256", wireSHA256(forged)), forged},
		{"no digest", without("x-amz-checksum-sha256"), forged},
		{"another key", set("key", "tenant/upload-staging/ä b+10"), content},
		{"the client's name in the key", set("key", stagingKey+"${filename}"), content},
		{"another bucket", func(r *storage.SignedRequest) { r.URL = s3test.Get().Endpoint + "/" + other.Name }, content},
		{"another type", set("Content-Type", "text/html"), content},
		{"no type", without("Content-Type"), content},
		{"inline", set("Content-Disposition", "inline"), content},
		{"no disposition", without("Content-Disposition"), content},
		{"a redirect", set("success_action_redirect", "https://evil.example"), content},
		{"an ACL", set("acl", "public-read"), content},
		{"metadata", set("x-amz-meta-upload-nonce", "x"), content},
		{"an encoding", set("Content-Encoding", "gzip"), content},
		{"tags", set("tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"), content},
		{"no policy", without("policy"), content},
		{"a broken signature", set("X-Amz-Signature", "0"), content},
		{"another key id", set("X-Amz-Credential", "x/20200101/us-east-1/s3/aws4_request"), content},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			st := newStage(t, false, s3store.Options{})
			signed, err := st.store.SignForm(t.Context(), directObject(content))
			require.NoError(t, err)
			row.change(signed)
			requireRefused(t, formRequest(t, signed, row.body))
			requireKeys(t, st.bucket)
			requireKeys(t, other)
		})
	}
}
