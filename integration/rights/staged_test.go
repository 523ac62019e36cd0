package rights_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// stagedFilm has another client receive a film, which must not be readable before it is published.
// After that a signed URL leads to it.
func stagedFilm(w *world) error {
	receiver, err := s3store.New(w.bucket.Client, w.bucket.Name, options())
	if err != nil {
		return err
	}
	obj := storage.Object{Key: "files/film", Type: "video/quicktime", MaxSize: 2 * large, MayPatch: true}
	staged, err := receiver.Stage(w.ctx, obj, bytes.NewReader(text(large)))
	if err != nil {
		return err
	}
	versions := w.bucket.Versions(w.ctx, w.t)
	if len(versions) != 1 || !storage.IsStaging(versions[0].Key) {
		return fmt.Errorf("no staged film, but %v", versions)
	}
	if err := w.readsNothing(versions[0]); err != nil {
		return err
	}
	if err := staged.Commit(w.ctx); err != nil {
		return err
	}
	status, err := w.signedRead("files/film")
	return wants(200, status, err)
}

// readsNothing tries to read an object in several ways, and returns an error unless all are denied.
func (w *world) readsNothing(v s3test.Version) error {
	client, bucket := w.store.Client(), &w.bucket.Name
	for name, id := range map[string]*string{"the object": nil, "the version": &v.ID} {
		_, head := client.HeadObject(w.ctx, &s3.HeadObjectInput{Bucket: bucket, Key: &v.Key, VersionId: id})
		_, get := client.GetObject(w.ctx, &s3.GetObjectInput{Bucket: bucket, Key: &v.Key, VersionId: id})
		_, tags := client.GetObjectTagging(w.ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: &v.Key, VersionId: id})
		for call, err := range map[string]error{"HeadObject": head, "GetObject": get, "GetObjectTagging": tags} {
			if err := denied(err); err != nil {
				return fmt.Errorf("%s of %s %s: %w", call, name, v.Key, err)
			}
		}
	}
	status, err := w.signedRead(v.Key)
	return wants(403, status, err)
}

// denied returns an error unless err is a 403.
func denied(err error) error {
	var answer interface{ HTTPStatusCode() int }
	switch {
	case err == nil:
		return errors.New("allowed")
	case errors.As(err, &answer) && answer.HTTPStatusCode() == http.StatusForbidden:
		return nil
	}
	return err
}

// signedRead fetches an object by a signed URL, which Links would not sign for a staged one.
func (w *world) signedRead(key string) (status int, err error) {
	url, err := w.store.SignGet(w.ctx, key, storage.SignedGet{Expires: time.Minute})
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(w.ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	status, _, err = exchange(r)
	return status, err
}

// TestDeliveryReadsNothingStaged checks a bucket without prefixes of keys, where staged files of
// all kinds are among the published ones.
func TestDeliveryReadsNothingStaged(t *testing.T) {
	t.Parallel()
	b := s3test.NewBucket(t, true)
	as := func(client *s3.Client) *world {
		store, err := s3store.New(client, b.Name, options())
		require.NoError(t, err)
		care, err := s3bucket.New(store, s3bucket.Layout{StagingPrefixes: []string{"", "tenant/"}, Versioned: true, Scanner: layout(true).Scanner})
		require.NoError(t, err)
		return &world{t: t, ctx: t.Context(), bucket: b, store: store, care: care}
	}
	p, err := as(b.Client).care.Policy(s3bucket.RoleDelivery)
	require.NoError(t, err)
	server := b.As(t, p.Statement)
	client, closeIdle := server.Client(server.Endpoint)
	t.Cleanup(closeIdle)
	w := as(client)

	for _, key := range []string{"upload-staging/a", "upload-staging/a.ticket", "tenant/upload-staging/b/1", "a/b/upload-staging/film"} {
		w.bucket.Put(w.ctx, t, key, text(10))
	}
	for _, v := range w.bucket.Versions(w.ctx, t) {
		require.NoError(t, w.readsNothing(v))
	}
	for _, key := range []string{"file", "tenant/a", "my-upload-staging/a", "a/upload-staging-2/a"} {
		w.bucket.Put(w.ctx, t, key, text(10))
		status, err := w.signedRead(key)
		require.NoError(t, wants(200, status, err), key)
	}
}

// TestOneProcessOfSeveralRoles checks that a process with the policy of several roles goes all
// their paths except the staged film's. Publishing and sweeping need what delivery alone is denied.
func TestOneProcessOfSeveralRoles(t *testing.T) {
	t.Parallel()
	roles := []s3bucket.Role{s3bucket.RoleStreamed, s3bucket.RoleDirect, s3bucket.RoleDelivery, s3bucket.RoleSweeper}
	for _, role := range roles {
		ways := maps.Clone(paths[role])
		delete(ways, "staged film")
		for name, path := range ways {
			t.Run(fmt.Sprintf("%s/%s", role, name), func(t *testing.T) {
				t.Parallel()
				require.NoError(t, path(newWorld(t, true, left{}, roles...)))
			})
		}
	}
}
