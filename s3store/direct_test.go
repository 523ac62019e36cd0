package s3store_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
)

const staging = "a/upload-staging/1f0c"

// everything is a store whose every option shows in a signed request.
var everything = s3store.Options{
	SSE: "aws:kms", KMSKeyID: "key", StorageClass: "GLACIER", Tags: map[string]string{"a b": "c&d"}, ExpectedBucketOwner: "123456789012",
}

func direct(body []byte) upload.DirectObject {
	return upload.DirectObject{Key: staging, Type: "image/png", Size: int64(len(body)), SHA256: digest(body), Expires: time.Minute}
}

func wire(body []byte) string {
	sum, _ := hex.DecodeString(digest(body))
	return base64.StdEncoding.EncodeToString(sum)
}

func TestSignPut(t *testing.T) {
	body := randomBytes(small)
	f := newFixture(t, setup{Options: everything})
	r, err := f.SignUpload(t.Context(), direct(body), false)
	require.NoError(t, err)
	require.Equal(t, http.MethodPut, r.Method)
	require.Empty(t, r.Fields)
	require.Equal(t, map[string]string{
		"Content-Type": "image/png", "Content-Disposition": "attachment", "Cache-Control": "private", "If-None-Match": "*",
		"X-Amz-Checksum-Sha256": wire(body), "X-Amz-Tagging": "a+b=c%26d", "X-Amz-Server-Side-Encryption": "aws:kms",
		"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "key",
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
	r, err = plain.SignUpload(t.Context(), d, false)
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"Content-Type": "image/png", "Content-Disposition": "attachment", "Cache-Control": "private", "If-None-Match": "*",
	}, r.Headers)
}

func TestSignForm(t *testing.T) {
	body := randomBytes(small)
	f := newFixture(t, setup{Options: everything})
	r, err := f.SignUpload(t.Context(), direct(body), true)
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
	for name, change := range map[string]func(*upload.DirectObject){
		"no bytes":        func(d *upload.DirectObject) { d.Size = 0 },
		"negative":        func(d *upload.DirectObject) { d.Size = -1 },
		"too many bytes":  func(d *upload.DirectObject) { d.Size = 5<<30 + 1 },
		"no time":         func(d *upload.DirectObject) { d.Expires = 0 },
		"no digest":       func(d *upload.DirectObject) { d.SHA256 = "xyz" },
		"half a digest":   func(d *upload.DirectObject) { d.SHA256 = d.SHA256[:32] },
		"a name in a key": func(d *upload.DirectObject) { d.Key = "a/${filename}" },
	} {
		t.Run(name, func(t *testing.T) {
			d := direct(randomBytes(small))
			change(&d)
			_, err := f.SignUpload(t.Context(), d, true)
			require.Error(t, err)
			if d.Size < 1 || d.Size > 5<<30 || d.Expires == 0 {
				_, err = f.SignPart(t.Context(), d, "id", 1)
				require.Error(t, err)
			}
		})
	}
	for _, number := range []int{-1, 0, 10_001} {
		_, err := f.SignPart(t.Context(), direct(randomBytes(small)), "id", number)
		require.ErrorContains(t, err, "there is no part")
	}
}

// TestDirectMethods are services that cannot hold a client to what was signed.
func TestDirectMethods(t *testing.T) {
	both := upload.DirectMethods{Put: true, Form: true}
	for _, row := range []struct {
		name    string
		profile s3store.Profile
		want    upload.DirectMethods
		parts   bool
	}{
		{"default", s3store.Profile{}, both, true},
		{"R2", s3store.R2(), upload.DirectMethods{Put: true}, true},
		{"no conditions", s3store.Profile{InsecureUnconditionalWrites: true}, upload.DirectMethods{Form: true}, true},
		{"no lengths", s3store.Profile{NoSignedLengths: true}, upload.DirectMethods{Form: true}, false},
		{"no digests", s3store.Profile{NoCopyDigests: true}, both, true},
		{"nothing", s3store.Profile{NoForms: true, NoSignedLengths: true}, upload.DirectMethods{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{Options: s3store.Options{Profile: row.profile}})
			got, err := f.DirectMethods()
			require.Equal(t, row.want, got)
			require.Equal(t, row.want == upload.DirectMethods{}, err != nil)
			for form, possible := range map[bool]bool{false: row.want.Put, true: row.want.Form} {
				_, err := f.SignUpload(t.Context(), direct(randomBytes(small)), form)
				require.Equal(t, possible, err == nil, err)
			}
			_, err = f.SignPart(t.Context(), direct(randomBytes(small)), "id", 1)
			require.Equal(t, row.parts, err == nil, err)
			_, err = f.CreateMultipart(t.Context(), direct(randomBytes(small)))
			require.Equal(t, row.parts, err == nil, err)
		})
	}
	d := direct(randomBytes(small))
	d.SHA256 = ""
	f := newFixture(t, setup{Options: s3store.Options{Profile: s3store.Profile{NoCopyDigests: true}}})
	_, err := f.SignUpload(t.Context(), d, true)
	require.ErrorContains(t, err, "SHA-256")
	_, err = f.SignUpload(t.Context(), d, false)
	require.NoError(t, err)
}

// TestExpiry checks that nothing signed claims to outlive its credentials.
func TestExpiry(t *testing.T) {
	for _, row := range []struct {
		name    string
		expires time.Time // of the credentials, zero for never
		asked   time.Duration
		most    time.Duration // 0 is an error
	}{
		{"as asked", time.Time{}, time.Hour, time.Hour},
		{"as asked, in whole seconds", time.Time{}, 1999 * time.Millisecond, time.Second},
		{"a week", time.Time{}, 8 * 24 * time.Hour, 7 * 24 * time.Hour},
		{"credentials that last", time.Now().Add(2 * time.Hour), time.Hour, time.Hour},
		{"credentials that end sooner", time.Now().Add(10 * time.Minute), time.Hour, 10 * time.Minute},
		{"credentials that have ended", time.Now().Add(-time.Minute), time.Hour, 0},
		{"nothing asked", time.Time{}, 0, 0},
		{"less than a second", time.Time{}, time.Second - 1, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := withSigner(t, client("http://public.example", func(o *s3.Options) {
				o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{
						AccessKeyID: "narrow", SecretAccessKey: "secret", SessionToken: "token",
						CanExpire: !row.expires.IsZero(), Expires: row.expires,
					}, nil
				})
			}))
			d := direct(randomBytes(small))
			d.Expires = row.asked
			put, err := s.SignUpload(t.Context(), d, false)
			link, linkErr := s.SignGet(t.Context(), "k", upload.SignedGet{Expires: row.asked})
			form, formErr := s.SignUpload(t.Context(), d, true)
			if row.most == 0 {
				require.Error(t, err)
				require.Error(t, linkErr)
				require.Error(t, formErr)
				return
			}
			require.NoError(t, linkErr)
			require.NoError(t, formErr)
			require.Equal(t, "token", form.Fields["X-Amz-Security-Token"])
			require.True(t, strings.HasPrefix(form.Fields["X-Amz-Credential"], "narrow/"))
			for _, signed := range []string{put.URL, link} {
				u, err := url.Parse(signed)
				require.NoError(t, err)
				require.Equal(t, "public.example", u.Host)
				require.True(t, strings.HasPrefix(u.Query().Get("X-Amz-Credential"), "narrow/"))
				got, err := time.ParseDuration(u.Query().Get("X-Amz-Expires") + "s")
				require.NoError(t, err)
				require.LessOrEqual(t, got, row.most)
				require.Greater(t, got, row.most-5*time.Second)
			}
		})
	}
}

func withSigner(t *testing.T, signer *s3.Client) *s3store.Store {
	t.Helper()
	s, err := s3store.New(client("http://s3.invalid"), "bucket", &s3store.Options{Signer: signer})
	require.NoError(t, err)
	return s
}

func TestNoCredentials(t *testing.T) {
	s := withSigner(t, client("http://public.example", func(o *s3.Options) { o.Credentials = aws.AnonymousCredentials{} }))
	_, err := s.DirectMethods()
	require.ErrorContains(t, err, "credentials")
	_, err = s.SignGet(t.Context(), "k", upload.SignedGet{Expires: time.Minute})
	require.ErrorContains(t, err, "credentials")
}

func TestSignGet(t *testing.T) {
	f := newFixture(t, setup{Options: everything})
	link, err := f.SignGet(t.Context(), "a/ü b+.png", upload.SignedGet{Type: "image/png", Disposition: `attachment; filename="x.png"`, Expires: time.Minute})
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

// TestDirectParts goes the whole way of a multipart upload.
func TestDirectParts(t *testing.T) {
	f := newFixture(t, setup{Options: everything})
	f.fake.PageSize = 1
	body := randomBytes(2*part + 1)
	d := direct(body)
	id, err := f.CreateMultipart(t.Context(), d)
	require.NoError(t, err)
	for i := 3; i >= 1; i-- {
		d.Size = min(part, int64(len(body)-(i-1)*part))
		r, err := f.SignPart(t.Context(), d, id, i)
		require.NoError(t, err)
		require.Empty(t, r.Headers, "some clients read the URL alone")
		require.Equal(t, 200, f.send(t, r, body[(i-1)*part:][:d.Size]))
	}
	parts, err := f.Parts(t.Context(), staging, id)
	require.NoError(t, err)
	require.Len(t, parts, 3)
	require.Equal(t, upload.Part{Number: 3, Size: 1, ETag: parts[2].ETag}, parts[2])
	require.NoError(t, f.CompleteMultipart(t.Context(), staging, id, parts))
	f.requireStored(t, staging, body)
	h := f.fake.Get(staging).Header
	require.Equal(t, "image/png", h.Get("Content-Type"))
	require.Equal(t, "attachment", h.Get("Content-Disposition"))
	require.Equal(t, "aws:kms", h.Get("X-Amz-Server-Side-Encryption"))
	require.Empty(t, h.Get("X-Amz-Storage-Class"))
	_, err = f.Parts(t.Context(), staging, id)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, f.AbortMultipart(t.Context(), staging, id))
}

// send sends a signed request as a client would.
func (f *fixture) send(t *testing.T, r *upload.SignedRequest, body []byte) (status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL, strings.NewReader(string(body)))
	require.NoError(t, err)
	for name, value := range r.Headers {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

// TestDirectFaults is each call of a multipart upload, failing once and for ever.
func TestDirectFaults(t *testing.T) {
	body := randomBytes(small)
	run := func(f *fixture) (err error) {
		id, err := f.CreateMultipart(t.Context(), direct(body))
		if err != nil {
			return err
		}
		d := direct(body)
		r, err := f.SignPart(t.Context(), d, id, 1)
		require.NoError(t, err)
		require.Equal(t, 200, f.send(t, r, body))
		parts, err := f.Parts(t.Context(), staging, id)
		if err != nil {
			return err
		}
		if err := f.CompleteMultipart(t.Context(), staging, id, parts); err != nil {
			return err
		}
		return f.AbortMultipart(t.Context(), staging, id)
	}
	for _, call := range []string{"CreateMultipartUpload", "ListParts", "CompleteMultipartUpload", "AbortMultipartUpload"} {
		for name, fault := range map[string]s3fake.Fault{"500": fail500, "503": slow503, "reset": s3fake.Reset, "dropped": s3fake.Drop} {
			for _, repeated := range []int{200, 404, 412} {
				t.Run(call+" "+name, func(t *testing.T) {
					f := newFixture(t, setup{repeated: repeated})
					f.fake.Inject(call, 1, fault)
					require.NoError(t, run(f))
					f.requireStored(t, staging, body)
					f.requireIdle(t)
				})
			}
		}
		t.Run(call+" for ever", func(t *testing.T) {
			f := newFixture(t, setup{})
			f.fake.Inject(call, forEver, fail500)
			require.Error(t, run(f))
		})
	}
	t.Run("no answer ever", func(t *testing.T) {
		f := newFixture(t, setup{repeated: 404})
		f.fake.Inject("CompleteMultipartUpload", forEver, s3fake.Drop)
		require.NoError(t, run(f), "the object says it")
		f.requireStored(t, staging, body)
	})
	t.Run("nobody answers", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("CompleteMultipartUpload", forEver, s3fake.Drop)
		f.fake.Inject("HeadObject", forEver, fail500)
		require.ErrorIs(t, run(f), upload.ErrUnknownOutcome)
	})
	t.Run("no id ever", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("CreateMultipartUpload", forEver, s3fake.Drop)
		require.Error(t, run(f))
		f.requireNothing(t)
	})
	t.Run("another object", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Put(staging, []byte("other"))
		require.ErrorIs(t, run(f), upload.ErrExists)
		f.requireStored(t, staging, []byte("other"))
	})
	t.Run("not open", func(t *testing.T) {
		f := newFixture(t, setup{})
		require.ErrorIs(t, f.CompleteMultipart(t.Context(), staging, "gone", []upload.Part{{Number: 1, Size: 1, ETag: `"x"`}}), fs.ErrNotExist)
		require.NoError(t, f.AbortMultipart(t.Context(), staging, "gone"))
	})
}
