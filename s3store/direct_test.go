package s3store_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

const staging = "a/upload-staging/1f0c"

// everything sets the options that show in signed requests or in objects.
var everything = s3store.Options{
	SSE: "aws:kms", KMSKeyID: "key", StorageClass: "GLACIER", Tags: map[string]string{"a b": "c&d"}, ExpectedBucketOwner: "123456789012",
}

func direct(body []byte) storage.DirectObject {
	return storage.DirectObject{Key: staging, Type: "image/png", Size: int64(len(body)), SHA256: digest(body), Expires: time.Minute}
}

func wire(body []byte) string {
	sum, _ := hex.DecodeString(digest(body))
	return base64.StdEncoding.EncodeToString(sum)
}

func TestSignPut(t *testing.T) {
	body := randomBytes(small)
	f := newFixture(t, setup{Options: everything})
	r, err := f.SignPut(t.Context(), direct(body))
	require.NoError(t, err)
	require.Equal(t, http.MethodPut, r.Method)
	require.Empty(t, r.Fields)
	require.Equal(t, map[string]string{
		"Content-Type": "image/png", "Content-Disposition": "attachment", "Cache-Control": "private", "If-None-Match": "*",
		"X-Amz-Checksum-Sha256": wire(body), "X-Amz-Tagging": "a+b=c%26d", "X-Amz-Server-Side-Encryption": "aws:kms",
		"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "key", guardField: `"none"`,
	}, r.Headers)
	u, err := url.Parse(r.URL)
	require.NoError(t, err)
	require.Equal(t, "/bucket/"+staging, u.Path)
	require.Equal(t, "60", u.Query().Get("X-Amz-Expires"))
	require.Equal(t, "123456789012", u.Query().Get("x-amz-expected-bucket-owner"))
	signed := strings.Split(u.Query().Get("X-Amz-SignedHeaders"), ";")
	require.Len(t, signed, len(r.Headers)+2, "and host and content-length: %v", signed)
	require.Zero(t, f.fake.Calls("PutObject"))

	plain := newFixture(t, setup{})
	d := direct(body)
	d.SHA256 = ""
	r, err = plain.SignPut(t.Context(), d)
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"Content-Type": "image/png", "Content-Disposition": "attachment", "Cache-Control": "private", "If-None-Match": "*", guardField: `"none"`,
	}, r.Headers)
}

func TestSignForm(t *testing.T) {
	body := randomBytes(small)
	f := newFixture(t, setup{Options: everything})
	r, err := f.SignForm(t.Context(), direct(body))
	require.NoError(t, err)
	require.Equal(t, http.MethodPost, r.Method)
	require.True(t, strings.HasSuffix(r.URL, "/bucket"), r.URL)
	require.Empty(t, r.Headers)
	for name, value := range map[string]string{
		"key": staging, "Content-Type": "image/png", "Content-Disposition": "attachment", "Cache-Control": "private",
		"success_action_status": "201", "x-amz-checksum-sha256": wire(body), "x-amz-server-side-encryption": "aws:kms",
		"x-amz-server-side-encryption-aws-kms-key-id": "key",
		"tagging": "<Tagging><TagSet><Tag><Key>a b</Key><Value>c&amp;d</Value></Tag></TagSet></Tagging>",
	} {
		require.Equal(t, value, r.Fields[name], name)
	}
	text, err := base64.StdEncoding.DecodeString(r.Fields["policy"])
	require.NoError(t, err)
	var policy struct {
		Expiration time.Time
		Conditions []any
	}
	require.NoError(t, json.Unmarshal(text, &policy))
	require.WithinDuration(t, time.Now().Add(time.Minute), policy.Expiration, 10*time.Second)
	exact := map[string]bool{"policy": true, "X-Amz-Signature": true}
	for _, c := range policy.Conditions {
		if of, ok := c.(map[string]any); ok {
			for name, value := range of {
				exact[name] = true
				require.True(t, name == "bucket" || r.Fields[name] == value, name)
			}
			continue
		}
		require.Equal(t, []any{"content-length-range", float64(small), float64(small)}, c)
	}
	for name := range r.Fields {
		require.True(t, exact[name], "%s is not in the policy", name)
	}
}

func TestSignRefuses(t *testing.T) {
	f := newFixture(t, setup{})
	for name, change := range map[string]func(*storage.DirectObject){
		"no type":         func(d *storage.DirectObject) { d.Type = "" },
		"no bytes":        func(d *storage.DirectObject) { d.Size = 0 },
		"negative":        func(d *storage.DirectObject) { d.Size = -1 },
		"too many bytes":  func(d *storage.DirectObject) { d.Size = 5<<30 + 1 },
		"no time":         func(d *storage.DirectObject) { d.Expires = 0 },
		"not a digest":    func(d *storage.DirectObject) { d.SHA256 = "xyz" },
		"half a digest":   func(d *storage.DirectObject) { d.SHA256 = d.SHA256[:32] },
		"a name in a key": func(d *storage.DirectObject) { d.Key = "a/${filename}" },
	} {
		t.Run(name, func(t *testing.T) {
			d := direct(randomBytes(small))
			change(&d)
			_, err := f.SignForm(t.Context(), d)
			require.Error(t, err)
			if d.Key == direct(nil).Key {
				_, err = f.SignPut(t.Context(), d)
				require.Error(t, err)
			}
			if d.Size < 1 || d.Size > 5<<30 || d.Expires == 0 {
				_, err = f.SignPart(t.Context(), d, "id", 1)
				require.Error(t, err)
			}
		})
	}
	for _, number := range []int{-1, 0, 10_001} {
		_, err := f.SignPart(t.Context(), direct(randomBytes(small)), "id", number)
		require.ErrorContains(t, err, "not a part number")
	}
}

// TestDirectMethods checks which requests the store signs for services of different abilities.
func TestDirectMethods(t *testing.T) {
	both := storage.DirectMethods{Put: true, Form: true}
	for _, row := range []struct {
		name    string
		profile s3store.Profile
		want    storage.DirectMethods
		parts   bool
	}{
		{"default", s3store.Profile{}, both, true},
		{"R2", s3store.R2(), storage.DirectMethods{Put: true}, true},
		{"MinIO", s3store.MinIO(), storage.DirectMethods{Put: true, Form: true, NeedsDigest: true}, true},
		{"no conditions", s3store.Profile{InsecureUnconditionalPut: true}, storage.DirectMethods{Form: true}, true},
		{"no conditions on Complete", s3store.Profile{InsecureUnconditionalComplete: true}, both, true},
		{"no pins, no digests", s3store.Profile{NoCopyDigests: true, NoPinnedCopies: true}, both, true},
		{"no lengths", s3store.Profile{NoSignedLengths: true}, storage.DirectMethods{Form: true}, false},
		{"no headers", s3store.Profile{NoSignedHeaders: true}, storage.DirectMethods{Form: true}, false},
		{"no headers and no forms", s3store.Profile{NoForms: true, NoSignedHeaders: true}, storage.DirectMethods{}, false},
		{"nothing", s3store.Profile{NoForms: true, NoSignedLengths: true}, storage.DirectMethods{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{Options: s3store.Options{Profile: row.profile}})
			got, err := f.DirectMethods()
			require.Equal(t, row.want, got)
			require.Equal(t, row.want == storage.DirectMethods{}, err != nil)
			_, err = f.SignPut(t.Context(), direct(randomBytes(small)))
			require.Equal(t, row.want.Put, err == nil, err)
			_, err = f.SignForm(t.Context(), direct(randomBytes(small)))
			require.Equal(t, row.want.Form, err == nil, err)
			_, err = f.SignPart(t.Context(), direct(randomBytes(small)), "id", 1)
			require.Equal(t, row.parts, err == nil, err)
			_, err = f.CreateMultipart(t.Context(), direct(randomBytes(small)))
			require.Equal(t, row.parts, err == nil, err)
		})
	}
	d := direct(randomBytes(small))
	d.SHA256 = ""
	f := newFixture(t, setup{Options: s3store.Options{Profile: s3store.MinIO()}})
	_, err := f.SignPut(t.Context(), d)
	require.ErrorContains(t, err, "SHA-256")
	_, err = f.SignForm(t.Context(), d)
	require.ErrorContains(t, err, "SHA-256")
}

func TestSignGet(t *testing.T) {
	f := newFixture(t, setup{Options: everything})
	link, err := f.SignGet(t.Context(), "a/ü b+.png", storage.SignedGet{Type: "image/png", Disposition: `attachment; filename="x.png"`, Expires: time.Minute})
	require.NoError(t, err)
	u, err := url.Parse(link)
	require.NoError(t, err)
	q := u.Query()
	require.Equal(t, "/bucket/a/ü b+.png", u.Path)
	require.Equal(t, "image/png", q.Get("response-content-type"))
	require.Equal(t, `attachment; filename="x.png"`, q.Get("response-content-disposition"))
	require.Equal(t, "private, no-cache", q.Get("response-cache-control"))
	require.Equal(t, "123456789012", q.Get("x-amz-expected-bucket-owner"))
	require.Equal(t, "host", q.Get("X-Amz-SignedHeaders"), "a browser sends nothing else")
}
