package s3test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

// Bucket is a bucket of one test. Its own client connects to the server directly, whatever is
// between the server and the code under test.
type Bucket struct {
	Name   string
	Client *s3.Client
}

// NewBucket creates a bucket, which is removed with its content when the test ends.
func NewBucket(t testing.TB, versioned bool) *Bucket {
	t.Helper()
	client, closeIdle := current.Client(current.Endpoint)
	b := &Bucket{Name: "t-" + strings.ToLower(rand.Text()), Client: client}
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &b.Name, CreateBucketConfiguration: current.place()})
	require.NoError(t, err)
	t.Cleanup(func() {
		b.remove(t)
		closeIdle()
	})
	if versioned {
		_, err := client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
			Bucket:                  &b.Name,
			VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
		})
		require.NoError(t, err)
	}
	return b
}

// place returns the location of new buckets, which AWS requires in all regions except us-east-1.
func (s Server) place() *types.CreateBucketConfiguration {
	if !s.AtAWS() || s.Region == "us-east-1" {
		return nil
	}
	return &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(s.Region)}
}

// Version is one version of an object, or a delete marker.
type Version struct {
	Key, ID string
	Size    int64
	Marker  bool
}

// Versions lists everything that the bucket holds under any key: current objects, older versions
// and delete markers.
func (b *Bucket) Versions(ctx context.Context, t testing.TB) []Version {
	t.Helper()
	var all []Version
	pages := s3.NewListObjectVersionsPaginator(b.Client, &s3.ListObjectVersionsInput{Bucket: &b.Name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		require.NoError(t, err)
		for _, v := range page.Versions {
			all = append(all, Version{Key: *v.Key, ID: aws.ToString(v.VersionId), Size: aws.ToInt64(v.Size)})
		}
		for _, m := range page.DeleteMarkers {
			all = append(all, Version{Key: *m.Key, ID: aws.ToString(m.VersionId), Marker: true})
		}
	}
	return all
}

// Uploads lists the open multipart uploads, at most one page of them.
func (b *Bucket) Uploads(ctx context.Context, t testing.TB) []types.MultipartUpload {
	t.Helper()
	out, err := b.Client.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &b.Name})
	require.NoError(t, err)
	return out.Uploads
}

// LetIn sets the CORS rule of one origin on the bucket, and reports whether the server has such
// rules. MinIO has none, and allows all origins.
func (b *Bucket) LetIn(t testing.TB, origin string) bool {
	t.Helper()
	_, err := b.Client.PutBucketCors(t.Context(), &s3.PutBucketCorsInput{
		Bucket: &b.Name,
		CORSConfiguration: &types.CORSConfiguration{CORSRules: []types.CORSRule{{
			AllowedOrigins: []string{origin},
			AllowedMethods: []string{http.MethodPut},
			AllowedHeaders: []string{"*"},
			ExposeHeaders:  []string{"ETag"},
		}}},
	})
	var refused interface{ ErrorCode() string }
	if errors.As(err, &refused) && refused.ErrorCode() == "NotImplemented" {
		return false
	}
	require.NoError(t, err)
	return true
}

// Put stores an object without the library, as another application does.
func (b *Bucket) Put(ctx context.Context, t testing.TB, key string, body []byte) {
	t.Helper()
	_, err := b.Client.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.Name, Key: &key, Body: bytes.NewReader(body)})
	require.NoError(t, err)
}

// Head returns an object's metadata.
func (b *Bucket) Head(ctx context.Context, t testing.TB, key string) *s3.HeadObjectOutput {
	t.Helper()
	out, err := b.Client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.Name, Key: &key})
	require.NoError(t, err)
	return out
}

// SHA256 returns the digest and the size of an object.
func (b *Bucket) SHA256(t testing.TB, key string) (digest string, size int64) {
	t.Helper()
	out, err := b.Client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &b.Name, Key: &key})
	require.NoError(t, err)
	defer func() { _ = out.Body.Close() }()
	h := sha256.New()
	size, err = io.Copy(h, out.Body)
	require.NoError(t, err)
	return hex.EncodeToString(h.Sum(nil)), size
}

// RequireNothing fails the test if the bucket holds any version of any object, or an open multipart
// upload. The clean-up after a client that left gets two minutes to finish.
func (b *Bucket) RequireNothing(t testing.TB) {
	t.Helper()
	var versions []Version
	var uploads []types.MultipartUpload
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		versions, uploads = b.Versions(t.Context(), t), b.Uploads(t.Context(), t)
		if len(versions)+len(uploads) == 0 {
			return
		}
	}
	require.Empty(t, versions, "objects were left")
	require.Empty(t, uploads, "multipart uploads were left open")
}

func (b *Bucket) remove(t testing.TB) {
	ctx := context.Background()
	for _, v := range b.Versions(ctx, t) {
		in := &s3.DeleteObjectInput{Bucket: &b.Name, Key: &v.Key}
		if v.ID != "" {
			in.VersionId = &v.ID
		}
		_, err := b.Client.DeleteObject(ctx, in)
		require.NoError(t, err)
	}
	for _, u := range b.Uploads(ctx, t) {
		_, err := b.Client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &b.Name, Key: u.Key, UploadId: u.UploadId})
		require.NoError(t, err)
	}
	_, err := b.Client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &b.Name})
	require.NoError(t, err)
}
