package s3store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/uploadtest"
)

func TestErrorsExplainThemselves(t *testing.T) {
	server := httptest.NewServer(s3fake.New("bucket"))
	t.Cleanup(server.Close)
	noCredentials := func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, errors.New("nothing in the environment")
		})
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())

	for _, row := range []struct {
		name   string
		client *s3.Client
		bucket string
		says   string
	}{
		{"no such bucket", client(server.URL), "other", `the bucket "other" does not exist`},
		{"no credentials", client(server.URL, noCredentials), "bucket", "there are no credentials"},
		{"no endpoint", client("http://" + closed.Addr().String()), "bucket", "the endpoint cannot be reached"},
		{"no host", client("http://s3.invalid"), "bucket", "the endpoint cannot be reached"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, err := s3store.New(row.client, row.bucket, nil)
			require.NoError(t, err)
			_, err = s.Stage(t.Context(), object("k", huge), bytes.NewReader(make([]byte, s3Part+1)))
			require.ErrorContains(t, err, row.says)
			var op *smithy.OperationError
			require.ErrorAs(t, err, &op)

			staged, err := s.Stage(t.Context(), object("k", huge), bytes.NewReader(make([]byte, small)))
			require.NoError(t, err)
			require.ErrorContains(t, staged.Commit(t.Context()), row.says)
			require.ErrorContains(t, s.Delete(t.Context(), "k"), row.says)
			_, err = s.OpenAt(t.Context(), "k", "", 0, -1)
			require.ErrorContains(t, err, row.says)
		})
	}
}

func TestServiceErrorsExplainThemselves(t *testing.T) {
	f := newFixture(t, setup{Options: s3store.Options{CallTimeout: time.Second}})
	for _, row := range []struct {
		fault s3fake.Fault
		says  string
	}{
		{denied, `access to the bucket "bucket" is denied`},
		{s3fake.Answer(403, "SignatureDoesNotMatch"), "the credentials are not valid"},
		{s3fake.Reset, "the connection to the endpoint broke"},
		{s3fake.Stall, "no answer within 1s"},
		{s3fake.Answer(400, "Whatever"), "s3store: operation error S3: PutObject"},
	} {
		f.fake.Inject("PutObject", forEver, row.fault)
		commit, _ := f.upload(t, "k", make([]byte, small))
		require.ErrorContains(t, commit, row.says)
		f.fake.Heal()
	}
}

// TestOpenAtErrors checks that a missing object is fs.ErrNotExist, and an unreadable one is not.
func TestOpenAtErrors(t *testing.T) {
	f := newFixture(t, setup{})
	_, err := f.OpenAt(t.Context(), "k", "", 0, -1)
	require.ErrorIs(t, err, fs.ErrNotExist)
	var missing *types.NoSuchKey
	require.ErrorAs(t, err, &missing)

	f.fake.Put("k", []byte("without any attributes"))
	got, stored := uploadtest.Stored(t, f, "k")
	require.Equal(t, "without any attributes", string(got))
	require.Empty(t, stored.Name)

	f.fake.Inject("GetObject", forEver, denied)
	_, err = f.OpenAt(t.Context(), "k", "", 0, -1)
	require.Error(t, err)
	require.NotErrorIs(t, err, fs.ErrNotExist)
}

func TestOptions(t *testing.T) {
	c := client("http://s3.invalid")
	tags := map[string]string{"1": "", "2": "", "3": "", "4": "", "5": "", "6": "", "7": "", "8": "", "9": "", "10": "", "11": ""}
	for _, row := range []struct {
		name   string
		client *s3.Client
		bucket string
		opts   *s3store.Options
		says   string // "" for no error
	}{
		{"nil options", c, "b", nil, ""},
		{"zero options", c, "b", &s3store.Options{}, ""},
		{"no client", nil, "b", nil, "client"},
		{"no bucket", c, "", nil, "bucket"},
		{"least part", c, "b", &s3store.Options{PartSize: s3Part}, ""},
		{"small part", c, "b", &s3store.Options{PartSize: s3Part - 1}, "PartSize"},
		{"negative part", c, "b", &s3store.Options{PartSize: -1}, "PartSize"},
		{"largest part", c, "b", &s3store.Options{PartSize: 5 << 30, MaxMemory: 5 << 30}, ""},
		{"large part", c, "b", &s3store.Options{PartSize: 5<<30 + 1, MaxMemory: 6 << 30}, "PartSize"},
		{"part over memory", c, "b", &s3store.Options{PartSize: 65 << 20}, "MaxMemory"},
		{"part over memory once rounded", c, "b", &s3store.Options{PartSize: s3Part + 1, MaxMemory: s3Part + 1}, "MaxMemory"},
		{"negative memory", c, "b", &s3store.Options{MaxMemory: -1}, "MaxMemory"},
		{"negative timeout", c, "b", &s3store.Options{CallTimeout: -1}, "CallTimeout"},
		{"eleven tags", c, "b", &s3store.Options{Tags: tags}, "tags"},
		{"a key and no KMS", c, "b", &s3store.Options{KMSKeyID: "k"}, "KMSKeyID"},
		{"a key and S3's own", c, "b", &s3store.Options{KMSKeyID: "k", SSE: "AES256"}, "KMSKeyID"},
		{"KMS without a key", c, "b", &s3store.Options{SSE: "aws:kms"}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, err := s3store.New(row.client, row.bucket, row.opts)
			if row.says != "" {
				require.ErrorContains(t, err, row.says)
				require.Nil(t, s)
				return
			}
			require.NoError(t, err)
			used, peak := s.Memory()
			require.Zero(t, used+peak)
		})
	}
}

// TestProfiles checks what is sent to services of several profiles.
func TestProfiles(t *testing.T) {
	for _, row := range []struct {
		name     string
		profile  s3store.Profile
		put      string
		complete string
		checksum bool
	}{
		{"default", s3store.Profile{}, "*", "*", true},
		{"R2", s3store.R2(), "*", "*", true},
		{"no checksums", s3store.Profile{ChecksumsWhenRequired: true}, "*", "*", false},
		{"no conditions on PutObject", s3store.Profile{InsecureUnconditionalPut: true}, "", "*", true},
		{"no conditions on CompleteMultipartUpload", s3store.Profile{InsecureUnconditionalComplete: true}, "*", "", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{Options: s3store.Options{Profile: row.profile}})
			var mu sync.Mutex
			sent := map[string]http.Header{}
			for call := range writes {
				f.fake.Inject(call, forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
					mu.Lock()
					sent[call] = r.Header.Clone()
					mu.Unlock()
					serve(w, r)
				})
			}
			for _, size := range []int{small, large} {
				key, body := fmt.Sprint(size), randomBytes(size)
				require.NoError(t, f.stage(t, key, body).Commit(t.Context()))
				f.requireStored(t, key, body)
			}
			require.Len(t, sent, len(writes))
			require.Equal(t, row.put, sent["PutObject"].Get("If-None-Match"))
			require.Equal(t, row.complete, sent["CompleteMultipartUpload"].Get("If-None-Match"))
			require.Equal(t, row.checksum, sent["PutObject"].Get("X-Amz-Checksum-Crc32") != "")
			require.Equal(t, row.checksum, sent["UploadPart"].Get("X-Amz-Checksum-Crc32") != "")
			require.Equal(t, row.checksum, sent["CreateMultipartUpload"].Get("X-Amz-Checksum-Algorithm") == "CRC32")
		})
	}
}
