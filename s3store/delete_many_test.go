package s3store_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
)

// TestDeleteMany removes three keys of many under one beginning. The field rest has those that are
// left to Delete. The others are gone, with all their versions.
func TestDeleteMany(t *testing.T) {
	type act func(f *fixture)
	inject := func(op string, times int, fault s3fake.Fault) act {
		return func(f *fixture) { f.fake.Inject(op, times, fault) }
	}
	deleted := func(f *fixture) {
		f.fake.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodDelete, "/bucket/p/2", nil))
	}
	noVersions := inject("ListObjectVersions", forEver, s3fake.Answer(403, "AccessDenied"))
	// refused is an answer to DeleteObjects that names one key as removed, refuses another, and omits
	// the third.
	refused := s3fake.Say(`<DeleteResult><Deleted><Key>p/1</Key><VersionId>null</VersionId></Deleted>`+
		`<Error><Key>p/2</Key><Code>AccessDenied</Code></Error></DeleteResult>`, true)
	all := []string{"p/1", "p/2", "p/3"}
	for _, row := range []struct {
		name      string
		versioned bool
		before    []act
		rest      []string
		calls     int // of DeleteObjects
	}{
		{name: "plain", calls: 1},
		{name: "versioned", versioned: true, calls: 1},
		{name: "a key that is gone", before: []act{deleted}, calls: 1},
		{name: "a delete marker", versioned: true, before: []act{deleted}, calls: 1},
		{name: "pages of two versions", versioned: true, before: []act{func(f *fixture) { f.fake.PageSize = 2 }}, calls: 3},
		{name: "versions that may not be listed", versioned: true, before: []act{noVersions}, rest: all},
		{name: "no versions, which may not be listed", before: []act{noVersions}, calls: 1},
		{name: "nothing may be seen", before: []act{noVersions, inject("HeadObject", forEver, s3fake.Answer(403, "AccessDenied"))}, rest: all},
		{name: "a list that fails", before: []act{inject("ListObjectVersions", forEver, fail500)}, rest: all},
		{name: "a service without DeleteObjects", before: []act{inject("DeleteObjects", forEver, s3fake.Answer(501, "NotImplemented"))}, rest: all, calls: 1},
		{name: "a service that asks for Content-MD5", before: []act{inject("DeleteObjects", forEver, s3fake.Answer(400, "InvalidRequest"))}, rest: all, calls: 1},
		{name: "a service that omits the id null", before: []act{inject("DeleteObjects", 1, s3fake.Say(
			"<DeleteResult><Deleted><Key>p/1</Key></Deleted><Deleted><Key>p/2</Key></Deleted><Deleted><Key>p/3</Key></Deleted></DeleteResult>", true))}, calls: 1},
		{name: "keys that S3 does not name as removed", before: []act{inject("DeleteObjects", 1, refused)}, rest: all[1:], calls: 1},
		{name: "another version than was asked for", versioned: true, before: []act{inject("DeleteObjects", 1, refused)}, rest: all, calls: 1},
		{name: "a lost answer", before: []act{inject("DeleteObjects", 1, s3fake.Drop)}, calls: 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{versioned: row.versioned})
			for _, key := range append(all, "p/0-end", "p/11", "q") {
				f.fake.Put(key, []byte("older"))
				f.fake.Put(key, []byte("kept"))
			}
			for _, do := range row.before {
				do(f)
			}
			require.Equal(t, row.rest, f.DeleteMany(t.Context(), all))
			require.Equal(t, row.calls, f.fake.Calls("DeleteObjects"))
			f.fake.Heal()
			for _, key := range row.rest {
				require.NoError(t, f.Delete(t.Context(), key))
			}
			for _, key := range all {
				require.Empty(t, f.fake.Versions(key))
			}
			require.Equal(t, []string{"p/0-end", "p/11", "q"}, f.fake.Keys())
		})
	}
}

// TestDeleteManyPages removes more keys than a page of a list has, by two calls for each page.
func TestDeleteManyPages(t *testing.T) {
	f := newFixture(t, setup{versioned: true})
	keys := make([]string, 1500)
	for i := range keys {
		keys[i] = fmt.Sprintf("p/%04d", i)
		f.fake.Put(keys[i], []byte("x"))
	}
	require.Empty(t, f.DeleteMany(t.Context(), keys))
	require.Empty(t, f.fake.Keys())
	require.Equal(t, 2, f.fake.Calls("ListObjectVersions"))
	require.Equal(t, 2, f.fake.Calls("DeleteObjects"))
}

// TestDeleteManyWithoutEnd checks that a list that makes no progress ends, and nothing is removed.
func TestDeleteManyWithoutEnd(t *testing.T) {
	f := newFixture(t, setup{versioned: true})
	s3store.SetMaxListed(f.Store, 1000)
	f.fake.Put("k1", []byte("kept"))
	f.fake.Inject("ListObjectVersions", forEver, pages(func(int) string { return versionPage(0, 100, "m") }))
	require.Equal(t, []string{"k1", "k2"}, f.DeleteMany(t.Context(), []string{"k1", "k2"}))
	require.Equal(t, 11, f.fake.Calls("ListObjectVersions"))
	require.Equal(t, []string{"k1"}, f.fake.Keys())
}
